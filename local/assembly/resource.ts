import type { Json, JsonObject } from '../asl/json';
import type { AwsShape } from '../services/aws';
import type { Identity } from '../services/identity';
import type { NameRule } from './names';
import type { FileAsset } from './reader';

/**
 * How one CloudFormation resource type is run locally. The table of all of them is `resources/index.ts`.
 *
 * R1  Deploying again is harmless: it creates or updates, and never takes away data.
 * R2  Every property that CloudFormation may hold is honoured, inert, or reported to the user as ignored.
 */
export interface ResourceProvider {
  /** 'AWS::DynamoDB::Table' */
  readonly type: string;
  /** Properties that `deploy` acts upon: 'Code', or 'Code.S3Key' for a member; lists are transparent. */
  readonly honoured: readonly string[];
  /** Properties that change nothing on a laptop: tags, descriptions, permissions, encryption. */
  readonly inert?: readonly string[] | 'all';
  /** Properties that refer to what it is nothing without: where that is not run, it is not run either. */
  readonly needs?: readonly string[];
  /** Properties that refer to what it makes use of: where that is not run, the user is warned. */
  readonly uses?: readonly string[];
  /** Rejects with `NotRunHere` for what AWS would take and the local cloud does not run, e.g. a function in Python. */
  deploy(properties: JsonObject, context: ResourceContext): Promise<Deployed>;
  /** Told of one that is not run, and why, where nothing else may stand in for it. Properties that refer to what is not there are left out. */
  leaveOut?(properties: JsonObject, reason: string): void;
  /** Takes back a resource that has left its template. Absent where data, or work under way, would be lost. */
  remove?(deployed: Deployed, context: RemovalContext): Promise<void>;
}

export interface RemovalContext extends Pick<ResourceContext, 'call'> {
  /** Takes back the resources of the nested stack of this ARN. */
  removeStack(arn: string): Promise<void>;
}

/** A resource as the rest of its stack sees it: what Ref and Fn::GetAtt answer. */
export interface Deployed {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** Tells a resource's names, from its properties alone: nothing is called and nothing is made. */
export type Identify = (properties: JsonObject, context: NamingContext) => Deployed;

export type NamingContext = Pick<ResourceContext, 'stackName' | 'logicalId' | 'identity' | 'name' | 'arn'>;

export interface ResourceContext {
  readonly stackName: string;
  readonly logicalId: string;
  readonly identity: Identity;
  /** What the last deployment left in this resource's place. */
  readonly previous: Deployed | undefined;
  /** Whether it is to stay when it leaves its template or another takes its place. */
  readonly isRetained: boolean;
  /** The name the template gives, or a physical name made up by the rule. */
  name(given: Json | undefined, rule: NameRule): string;
  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string;
  /** Calls an operation of AWS as CloudFormation does. */
  call(service: string, operation: string, input: AwsShape): Promise<AwsShape>;
  /** The asset of this stack that would be uploaded to `bucket` and `key`. */
  asset(bucket: string, key: string): FileAsset;
  /**
   * Deploys the template that this resource nests, as a stack of this name; its outputs are attributes: 'Outputs.Url'.
   * Rejects with `NotRunHere` when the template is not in the assembly.
   */
  nest(name: string, parameters: Readonly<Record<string, string>>): Promise<Deployed>;
  /** From now on, `local` stands wherever a resolved text would hold the address `aws`. */
  publishUrl(aws: string, local: string): void;
  /** From now on, templates find `value` under this name in SSM. */
  publishParameter(name: string, value: string): void;
  /** Whether a resolved text is what it will be on AWS: nothing stands in it for what is not run, or not known, here. */
  isKnown(text: string): boolean;
  /** Reports what will not do, or not as on AWS, what the template says. */
  warn(message: string): void;
  /** An empty directory of this resource's own, for code that is written in the template. */
  scratchDirectory(): string;
}

/** The properties set that a provider neither honours nor calls inert, as paths: 'VpcConfig', 'Targets.EcsParameters'. */
export function ignoredProperties(properties: JsonObject, provider: ResourceProvider): string[] {
  if (provider.inert === 'all') return [];
  const known = [...provider.honoured, ...(provider.inert ?? [])];
  const ignored = new Set<string>();
  const visit = (value: Json, prefix: string) => {
    if (Array.isArray(value)) {
      for (const element of value) visit(element, prefix);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        const path = prefix ? `${prefix}.${key}` : key;
        if (known.includes(path)) continue;
        if (known.some((name) => name.startsWith(`${path}.`))) visit(member, path);
        else ignored.add(path);
      }
    }
  };
  visit(properties, '');
  return [...ignored];
}
