import { stackNameOf } from './names';
import { NESTED_STACK } from './nesting';

/** What became of the resources of an assembly: what `start` prints and programs read. */
export interface DeploymentReport {
  readonly deployed: ReportedResource[];
  /** Resources whose type the local cloud does not run, or, for the reason given, this one of the type. */
  readonly notRun: Array<ReportedResource & { readonly reason?: string }>;
  /** Properties that are set, may change behaviour, and are not honoured. */
  readonly ignored: Array<ReportedResource & { readonly property: string }>;
  /** What was deployed and will not do, or not as on AWS, what it says. */
  readonly warnings: Array<Omit<ReportedResource, 'ref'> & { readonly message: string }>;
  /** What is otherwise than the assembly says and belongs to no resource; sentences. */
  readonly notes: string[];
}

export interface ReportedResource {
  /** The stack's name; a nested one has its own. */
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The physical name or ARN: what Ref answers. */
  readonly ref: string;
}

/** Where a stack is: the name of the one at the top, then the logical ids by which the ones above nest it. */
export function stackPath(deployed: readonly ReportedResource[], stack: string): [root: string, ...string[]] {
  const nested = deployed.find(({ type, ref }) => type === NESTED_STACK && stackNameOf(ref) === stack);
  return nested ? [...stackPath(deployed, nested.stack), nested.logicalId] : [stack];
}

/** The base URLs of APIs by the name of API and of the stack at the top, as far as a name belongs to one only. */
export function apiUrls(
  deployed: readonly ReportedResource[],
  apis: ReadonlyArray<{ readonly id: string; readonly name: string; readonly url: string }>,
): Record<string, string> {
  const urls = new Map<string, Set<string>>();
  for (const { id, name, url } of apis) {
    const stack = deployed.find((resource) => resource.ref === id)?.stack;
    const [root] = stack === undefined ? [] : stackPath(deployed, stack);
    for (const key of [root, name]) if (key) urls.set(key, (urls.get(key) ?? new Set()).add(url));
  }
  return Object.fromEntries(
    [...urls].filter(([, found]) => found.size === 1).map(([key, [url]]) => [key, url as string]),
  );
}
