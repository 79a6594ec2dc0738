/** A node of a JSONata syntax tree, as far as references can hide in it. */
interface Node {
  type?: string;
  value?: unknown;
  steps?: Node[];
  [part: string]: unknown;
}

export interface References {
  /** Names read from the context item, which an expression in a state does not have. */
  names: Set<string>;
  /** Fields of `$states`. */
  statesFields: Set<string>;
  /** Whether `$$` is read. */
  usesRoot: boolean;
}

/** What a parsed expression refers to outside itself. */
export function findReferences(tree: unknown): References {
  const found: References = { names: new Set(), statesFields: new Set(), usesRoot: false };
  visit(tree, true, found);
  return found;
}

/**
 * `top`: whether a name met here would be read from the (missing) context item. The later steps of a path, and all
 * predicates, groups, sort terms and transforms, have the item before them as theirs.
 */
function visit(part: unknown, top: boolean, found: References): void {
  if (Array.isArray(part)) {
    for (const item of part) visit(item, top, found);
    return;
  }
  if (typeof part !== 'object' || part === null || part instanceof RegExp) return;
  const node = part as Node;
  if (node.type === 'name' && top) found.names.add(String(node.value));
  if (node.type === 'variable' && node.value === '$') found.usesRoot = true;
  if (node.type === 'path') visitPath(node, top, found);
  for (const [key, child] of Object.entries(node)) {
    if (key === 'steps' || key === 'value') continue;
    visit(child, top && !OWN_CONTEXT.has(key) && node.type !== 'transform', found);
  }
}

const OWN_CONTEXT = new Set(['predicate', 'stages', 'group', 'terms']);

function visitPath(node: Node, top: boolean, found: References): void {
  const [first, second] = node.steps ?? [];
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
    found.statesFields.add(String(second.value));
  }
  for (const [i, step] of (node.steps ?? []).entries()) visit(step, top && i === 0, found);
}
