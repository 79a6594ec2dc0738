/** What became of the resources of an assembly: what `start` prints and programs read. */
export interface DeploymentReport {
  readonly deployed: ReportedResource[];
  /** Resources whose type, or kind within the type, the local cloud does not run. */
  readonly notRun: ReportedResource[];
  /** Properties that are set, may change behaviour, and are not honoured. */
  readonly ignored: Array<ReportedResource & { readonly property: string }>;
}

export interface ReportedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The physical name or ARN: what Ref answers. */
  readonly ref: string;
}
