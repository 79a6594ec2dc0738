import type { Json, JsonObject } from '../asl/json';
import { AwsError, type AwsServices, NotRunHere } from '../services/aws';
import type { Identity } from '../services/identity';
import { PortInUseError } from '../services/wire/port';
import { Absences } from './absences';
import { fillDynamicReferences } from './dynamic-references';
import { AssemblyError, reasonOf } from './errors';
import { passParameters } from './given-parameters';
import { conditionHolds, referencesOf, resolve, type Scope } from './intrinsics';
import { physicalName, stackId } from './names';
import type { NestingTemplate } from './nesting';
import { CycleError, dependencyOrder } from './order';
import { parameterValues } from './parameters';
import { findAsset, type StackArtifact } from './reader';
import { isRetained, type ResourceRecords } from './records';
import type { DeploymentReport, ReportedResource } from './report';
import { type Deployed, ignoredProperties, type ResourceContext, type ResourceProvider } from './resource';
import { IDENTITIES } from './resources/identities';
import type { Resource } from './template';

/** The outputs of stacks, by stack name and output name. */
export type StackOutputs = Record<string, Record<string, Json>>;

/** What the stacks of one deployment share. */
export interface DeploymentState {
  readonly aws: AwsServices;
  readonly identity: Identity;
  readonly providers: ReadonlyMap<string, ResourceProvider>;
  readonly records: ResourceRecords;
  readonly report: DeploymentReport;
  /** Values by the names under which stacks export them. */
  readonly exports: Map<string, Json>;
  /** By the names under which stacks export them: logical ids of what is not run. */
  readonly absentExports: Map<string, string>;
  readonly outputs: StackOutputs;
  /** Local addresses by the AWS ones that they stand for. */
  readonly urls: Map<string, string>;
  /** Values by the names of parameters of SSM. */
  readonly ssm: Map<string, string>;
  /** Texts that stand for what is not known here: what is not run is called otherwise on AWS. */
  readonly standIns: Set<string>;
  readonly scratchDirectory: () => string;
  readonly onProgress?: (resource: ReportedResource) => void;
}

/** Types that say something to CloudFormation only. */
const SILENT = new Set(['AWS::CDK::Metadata']);

/**
 * Owns the deployment of one stack: resolves its resources in the order of their dependencies, hands each to the
 * provider of its type, and answers Ref and Fn::GetAtt for those that follow.
 *
 * A nested stack is one of these too, within the one above it. What has left its template is taken back when all of the stack at the top
 * is deployed, as on AWS.
 */
export class StackDeployment {
  readonly #resources = new Map<string, Deployed>();
  readonly #absent: Absences;
  readonly #nested: StackDeployment[] = [];
  readonly #scope: Scope;

  /** @param absent by parameters: logical ids of what is not run, in the stack that passes them */
  constructor(
    private readonly stack: StackArtifact,
    private readonly state: DeploymentState,
    absent: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#absent = new Absences(state.absentExports, absent);
    this.#scope = {
      template: stack.template,
      pseudo: this.#pseudoParameters(),
      parameters: parameterValues(stack, state.ssm, (sentence, standIn) => {
        state.report.notes.push(sentence);
        state.standIns.add(standIn);
      }),
      ref: (id) => this.#resources.get(id)?.ref,
      attribute: (id, name) => this.#attribute(id, name),
      imported: (name) => state.exports.get(name),
      output: (stackName, name) => state.outputs[stackName]?.[name],
      composed: (text) => this.#localise(text),
    };
  }

  /** Deploys all resources, takes back those that have left the template, and computes exports and outputs. */
  async deploy(): Promise<void> {
    await this.#deployResources();
    this.state.outputs[this.stack.name] = this.#outputs();
    await this.#removeOthers();
  }

  async #deployResources(): Promise<void> {
    for (const logicalId of this.#order()) {
      const resource = this.stack.template.Resources[logicalId] as Resource;
      if (SILENT.has(resource.Type)) continue;
      try {
        if (resource.Condition && !conditionHolds(resource.Condition, this.#scope)) continue;
        await this.#deployResource(logicalId, resource);
      } catch (error) {
        throw deploymentFailure(`${this.stack.templateFile}: ${logicalId} (${resource.Type})`, error);
      }
    }
  }

  async #removeOthers(): Promise<void> {
    for (const nested of this.#nested) await nested.#removeOthers();
    await this.state.records.removeOthers(this.stack.name, this.#deployed());
  }

  async #deployResource(logicalId: string, resource: Resource): Promise<void> {
    const { providers, report, records, onProgress } = this.state;
    const where = { stack: this.stack.name, logicalId, type: resource.Type };
    const provider = providers.get(resource.Type);
    if (!provider) return this.#leaveOut(where, resource);
    const [needed] = this.#absent.in(pick(resource, provider.needs));
    if (needed !== undefined) return this.#leaveOut(where, resource, `needs ${needed}`);
    const context = this.#context(where, resource);
    const resolved = resolve(resource.Properties ?? {}, this.#scope) as JsonObject;
    const properties = await fillDynamicReferences(resolved, { ssm: this.state.ssm, ...context });
    let deployed: Deployed;
    try {
      deployed = await provider.deploy(properties, context);
    } catch (error) {
      if (error instanceof NotRunHere) return this.#leaveOut(where, resource, error.what);
      throw error;
    }
    for (const used of this.#absent.in(pick(resource, provider.uses))) {
      report.warnings.push({ ...where, message: `It uses ${used}, which is not run here.` });
    }

    await records.keep(this.stack.name, logicalId, { type: resource.Type, ...deployed, ...policiesOf(resource) });
    this.#resources.set(logicalId, deployed);
    const reported = { ...where, ref: deployed.ref };
    report.deployed.push(reported);
    report.ignored.push(...this.#ignored(reported, properties, provider));
    onProgress?.(reported);
  }

  #ignored(resource: ReportedResource, properties: JsonObject, provider: ResourceProvider) {
    return ignoredProperties(properties, provider).map((property) => ({ ...resource, property }));
  }

  /** Others may still refer to it by the name it would have. */
  #leaveOut(where: Omit<ReportedResource, 'ref'>, resource: Resource, reason?: string): void {
    const properties = this.#resolvable(resource.Properties);
    const identity = IDENTITIES[resource.Type]?.(properties, this.#context(where, resource)) ?? {
      ref: this.#givenName(resource) ?? physicalName(where.stack, where.logicalId, { longest: 64 }),
    };
    this.#resources.set(where.logicalId, identity);
    this.#absent.add(where.logicalId);
    this.state.standIns.add(identity.ref);
    if (reason !== undefined) this.state.providers.get(resource.Type)?.leaveOut?.(properties, reason);
    this.state.report.notRun.push({ ...where, ref: identity.ref, ...(reason !== undefined && { reason }) });
  }

  /** Deploys the template that a resource of this stack nests. */
  async #nest(logicalId: string, name: string, parameters: Readonly<Record<string, string>>): Promise<Deployed> {
    const template = this.stack.nested.get(logicalId);
    if (!template) throw new NotRunHere('a template that is not in the assembly');
    const passed = this.stack.template.Resources[logicalId]?.Properties?.Parameters;
    const artifact = { ...this.stack, ...template, name, template: passParameters(template, parameters) };
    const nested = new StackDeployment(artifact, this.state, this.#absent.inMembers(passed));
    this.#nested.push(nested);
    await nested.#deployResources();
    const outputs = Object.entries(nested.#outputs());
    this.#absent.addOutputs(logicalId, nested.#absent.inMembers(outputValues(template)));
    return {
      ref: this.#arn('cloudformation', stackId(name)),
      attributes: Object.fromEntries(outputs.map(([output, value]) => [`Outputs.${output}`, value])),
    };
  }

  /** The properties but those that refer to what is not there: nobody misses it, since the resource is not run. */
  #resolvable(properties: JsonObject = {}): JsonObject {
    const resolved = Object.entries(properties).map(([name, value]) => {
      try {
        return [name, resolve(value, this.#scope)];
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error;
        return [name, undefined];
      }
    });
    return Object.fromEntries(resolved.filter(([, value]) => value !== undefined));
  }

  /** The name that the template gives by 'Name' or '<Kind>Name', if it is plain to see. */
  #givenName(resource: Resource): string | undefined {
    const kind = resource.Type.split('::').at(-1);
    for (const property of [`${kind}Name`, 'Name']) {
      const name = resource.Properties?.[property];
      if (typeof name === 'string') return name;
    }
    return undefined;
  }

  #attribute(logicalId: string, name: string): Json | undefined {
    const resource = this.#resources.get(logicalId);
    if (!resource) return undefined;
    const known = resource.attributes?.[name];
    if (known !== undefined || !this.#absent.has(logicalId)) return known;
    const service = this.stack.template.Resources[logicalId]?.Type.split('::')[1]?.toLowerCase() ?? 'cloud';
    return name.endsWith('Arn') ? this.#arn(service, resource.ref) : `${resource.ref}.${name}`;
  }

  #context(where: Omit<ReportedResource, 'ref'>, resource: Resource): ResourceContext {
    const { aws, identity, urls, ssm, standIns, scratchDirectory, report, records } = this.state;
    const { logicalId } = where;
    return {
      stackName: this.stack.name,
      logicalId,
      identity,
      previous: records.find(this.stack.name, logicalId),
      isRetained: [resource.DeletionPolicy, resource.UpdateReplacePolicy].some(isRetained),
      name: (given, rule) => (typeof given === 'string' ? given : physicalName(this.stack.name, logicalId, rule)),
      arn: (service, resource) => this.#arn(service, resource),
      call: (service, operation, input) => aws.call(service, operation, input, { via: 'cloudformation' }),
      asset: (bucket, key) => findAsset(this.stack, bucket, key, this.#scope.pseudo),
      nest: (name, parameters) => this.#nest(logicalId, name, parameters),
      publishUrl: (remote, local) => urls.set(remote, local),
      publishParameter: (name, value) => ssm.set(name, value),
      scratchDirectory,
      isKnown: (text) => !text.includes('{{resolve:') && ![...standIns].some((standIn) => text.includes(standIn)),
      warn: (message) => report.warnings.push({ ...where, message }),
    };
  }

  #deployed(): Set<string> {
    return new Set([...this.#resources.keys()].filter((id) => !this.#absent.has(id)));
  }

  #order(): string[] {
    const resources = this.stack.template.Resources;
    const isParameter = (id: string) => resources[id]?.Type === 'AWS::SSM::Parameter';
    try {
      // A dynamic reference depends on nothing, and finds the parameters of its own stack if they are there first.
      const ids = Object.keys(resources).sort((one, other) => Number(isParameter(other)) - Number(isParameter(one)));
      return dependencyOrder(ids, (id) => {
        const { Properties, DependsOn = [] } = resources[id] as Resource;
        return [...[DependsOn].flat(), ...referencesOf(Properties).logicalIds];
      });
    } catch (error) {
      if (!(error instanceof CycleError)) throw error;
      throw new AssemblyError(
        `${this.stack.templateFile}: resources depend on each other: ${error.cycle.join(' -> ')}.`,
      );
    }
  }

  #outputs(): Record<string, Json> {
    const outputs: Record<string, Json> = {};
    for (const [name, output] of Object.entries(this.stack.template.Outputs)) {
      try {
        if (output.Condition && !conditionHolds(output.Condition, this.#scope)) continue;
        const value = resolve(output.Value, this.#scope);
        if (value === undefined) continue;
        outputs[name] = value;
        if (output.Export) this.#export(String(resolve(output.Export.Name, this.#scope)), value, output.Value);
      } catch (error) {
        throw deploymentFailure(`${this.stack.templateFile}: the output ${name}`, error);
      }
    }
    return outputs;
  }

  #export(name: string, value: Json, source: Json): void {
    this.state.exports.set(name, value);
    const [absent] = this.#absent.in(source);
    if (absent !== undefined) this.state.absentExports.set(name, absent);
  }

  #localise(text: string): string {
    if (!text.includes('.execute-api.')) return text;
    // The longest first: an address with a stage in it comes before the same without.
    const urls = [...this.state.urls].sort(([one], [other]) => other.length - one.length);
    return urls.reduce((result, [aws, local]) => result.replaceAll(aws, local), text);
  }

  #arn(service: string, resource: string): string {
    const { region, accountId } = this.state.identity;
    return `arn:aws:${service}:${region}:${accountId}:${resource}`;
  }

  #pseudoParameters(): Record<string, string> {
    const { name } = this.stack;
    const { region, accountId } = this.state.identity;
    return {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': this.#arn('cloudformation', stackId(name)),
    };
  }
}

/** Texts, as CloudFormation wants them: it knows no functions there. */
function policiesOf({ DeletionPolicy, UpdateReplacePolicy }: Resource): object {
  return {
    ...(DeletionPolicy !== undefined && { deletionPolicy: DeletionPolicy }),
    ...(UpdateReplacePolicy !== undefined && { replacePolicy: UpdateReplacePolicy }),
  };
}

function pick({ Properties = {} }: Resource, names: readonly string[] = []): Json {
  return names.map((name) => Properties[name] ?? null);
}

function outputValues({ template }: NestingTemplate): JsonObject {
  return Object.fromEntries(Object.entries(template.Outputs).map(([name, { Value }]) => [name, Value]));
}

/** A taken port is no fault of the assembly's. */
function deploymentFailure(where: string, error: unknown): Error {
  if (error instanceof PortInUseError) return error;
  const reason = error instanceof AwsError ? `${error.code}: ${error.message}` : reasonOf(error);
  return new AssemblyError(`${where} cannot be deployed: ${reason}`);
}
