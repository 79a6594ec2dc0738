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
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The physical name or ARN: what Ref answers. */
  readonly ref: string;
}

/** The base URLs of HTTP APIs by the name of API and stack, as far as a name belongs to one only. */
export function apiUrls(
  deployed: readonly ReportedResource[],
  apis: ReadonlyArray<{ readonly id: string; readonly name: string; readonly url: string }>,
): Record<string, string> {
  const urls = new Map<string, Set<string>>();
  for (const { id, name, url } of apis) {
    const stack = deployed.find((resource) => resource.ref === id)?.stack;
    for (const key of [stack, name]) if (key) urls.set(key, (urls.get(key) ?? new Set()).add(url));
  }
  return Object.fromEntries(
    [...urls].filter(([, found]) => found.size === 1).map(([key, [url]]) => [key, url as string]),
  );
}
