import type { Json } from '../asl/json';
import type { Store } from '../runtime/store';
import type { AwsServices } from '../services/aws';
import type { Identity } from '../services/identity';
import { environmentNotes } from './environment';
import { AssemblyError } from './errors';
import { referencesOf } from './intrinsics';
import { templatesOf } from './nesting';
import { CycleError, dependencyOrder } from './order';
import { ssmNamesIn } from './parameters';
import type { StackArtifact } from './reader';
import { ResourceRecords } from './records';
import type { DeploymentReport, ReportedResource } from './report';
import type { ResourceProvider } from './resource';
import { type DeploymentState, StackDeployment, type StackOutputs } from './stack';

export interface DeploymentOptions {
  readonly aws: AwsServices;
  readonly identity: Identity;
  readonly store: Store;
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  /** Makes an empty directory that lives as long as the cloud. */
  readonly scratchDirectory: () => string;
  readonly onProgress?: (resource: ReportedResource) => void;
}

/**
 * Deploys every stack, in the order of their dependencies, and takes back what has left them since the last time.
 * Deploying again creates or updates. Answers the report and each stack's outputs.
 * @throws AssemblyError naming template and resource, for the first that fails: of its stack nothing stays in the store, of those before
 * it all; what the rooms keep in memory is to be given up.
 */
export async function deployAssembly(
  stacks: readonly StackArtifact[],
  options: DeploymentOptions,
): Promise<{ report: DeploymentReport; outputs: StackOutputs }> {
  const state: DeploymentState = {
    ...options,
    report: { deployed: [], notRun: [], ignored: [], warnings: [], notes: environmentNotes(stacks, options.identity) },
    exports: new Map(),
    absentExports: new Map(),
    urls: new Map(),
    ssm: new Map(),
    standIns: new Set(),
    outputs: {},
    records: new ResourceRecords(options.store, options.providers, options.aws),
  };
  for (const stack of orderStacks(stacks)) await options.store.whole(() => new StackDeployment(stack, state).deploy());
  return { report: state.report, outputs: state.outputs };
}

/**
 * Stacks after those they depend on: by the manifest, or by reading what the other exports or puts out; and after those
 * that make the parameters of SSM that they read, unless these depend on them.
 */
function orderStacks(stacks: readonly StackArtifact[]): StackArtifact[] {
  const byId = new Map(stacks.map((stack) => [stack.id, stack]));
  const idsByName = new Map(stacks.map((stack) => [stack.name, stack.id]));
  const exporters = new Map<string, string>();
  for (const stack of stacks) {
    const outputs = templatesOf(stack).flatMap(({ Outputs }) => Object.values(Outputs));
    for (const output of outputs) {
      if (typeof output.Export?.Name === 'string') exporters.set(output.Export.Name, stack.id);
    }
  }
  const dependencies = (id: string): string[] => {
    const stack = byId.get(id) as StackArtifact;
    const values = templatesOf(stack).flatMap(({ Resources, Outputs }) => [Resources, Outputs]);
    const { imports, stacks } = referencesOf(values as unknown as Json);
    const read = [
      ...[...imports].map((name) => exporters.get(name)),
      ...[...stacks].map((name) => idsByName.get(name)),
    ];
    return [...stack.dependencies, ...read.filter((other) => other !== undefined && other !== id)] as string[];
  };
  const makers = parameterMakers(stacks);
  const withParameters = (id: string) => [
    ...dependencies(id),
    ...ssmNamesIn(byId.get(id) as StackArtifact)
      .flatMap((name) => makers.get(name) ?? [])
      .filter((maker) => maker !== id),
  ];
  const order = (of: typeof dependencies) =>
    dependencyOrder(byId.keys(), of).map((id) => byId.get(id) as StackArtifact);
  try {
    return order(withParameters);
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
  }
  try {
    return order(dependencies);
  } catch (error) {
    if (error instanceof CycleError)
      throw new AssemblyError(`The stacks depend on each other: ${error.cycle.join(' -> ')}.`);
    throw error;
  }
}

/** The stacks, by id, that make parameters of SSM, by the names that are plain to see. */
function parameterMakers(stacks: readonly StackArtifact[]): Map<string, string> {
  const makers = new Map<string, string>();
  for (const stack of stacks) {
    for (const { Type, Properties } of templatesOf(stack).flatMap(({ Resources }) => Object.values(Resources))) {
      if (Type === 'AWS::SSM::Parameter' && typeof Properties?.Name === 'string') makers.set(Properties.Name, stack.id);
    }
  }
  return makers;
}
