/** What depends on itself, through whichever others; `cycle` starts and ends with the same node. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
  constructor(readonly cycle: readonly string[]) {
    super(`Circular dependency: ${cycle.join(' -> ')}`);
  }
}

/**
 * The nodes ordered so that each comes after all that it depends on; otherwise in the order given.
 * Dependencies that are not among the nodes are left out.
 * @throws CycleError
 */
export function dependencyOrder(nodes: Iterable<string>, dependenciesOf: (node: string) => Iterable<string>): string[] {
  const known = new Set(nodes);
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (node: string) => {
    if (done.has(node) || !known.has(node)) return;
    const entered = path.indexOf(node);
    if (entered >= 0) throw new CycleError([...path.slice(entered), node]);
    path.push(node);
    for (const dependency of dependenciesOf(node)) visit(dependency);
    path.pop();
    done.add(node);
  };
  for (const node of known) visit(node);
  return [...done];
}
