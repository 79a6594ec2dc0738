import type { Identity } from '../identity';
import { failures } from './errors';

/** Owns the ARNs of Step Functions: how they are made and read. */
export type ResourceType = 'stateMachine' | 'execution' | 'express' | 'activity' | 'mapRun';

/** `arn('stateMachine', 'loan')` is 'arn:aws:states:<region>:<account>:stateMachine:loan'. */
export function makeArn({ region, accountId }: Identity, type: ResourceType, ...names: string[]): string {
  return ['arn:aws:states', region, accountId, type, ...names].join(':');
}

/** The parts of an ARN of one of `types`; throws InvalidArn. `names` is what follows the type. */
export function parseArn(arn: string, ...types: ResourceType[]): { type: ResourceType; names: string[] } {
  const [scheme, partition, service, region, account, type, ...names] = arn.split(':');
  if (scheme !== 'arn' || !partition) throw failures.invalidArn(`Invalid ARN prefix: ${arn}`);
  if (service !== 'states' || !region || !account || !type || names.length === 0 || names.includes('')) {
    throw failures.invalidArn(`Invalid ARN: ${arn}`);
  }
  if (!types.includes(type as ResourceType)) {
    throw failures.invalidArn(`Resource type not valid in this context: ${type}`);
  }
  return { type: type as ResourceType, names };
}

/** What an ARN of a state machine names. Of `version`, `alias` and `label` there is at most one. */
export interface MachineArn {
  /** Without what qualifies it: '…:stateMachine:loan'. */
  readonly base: string;
  /** '…:loan:3' */
  readonly version?: number;
  /** '…:loan:live' */
  readonly alias?: string;
  /** '…:loan/label': a distributed Map state inside it. */
  readonly label?: string;
}

/** Reads an ARN of a state machine, qualified or not; throws InvalidArn. */
export function parseMachineArn(arn: string): MachineArn {
  const { names } = parseArn(arn, 'stateMachine');
  const [name = '', qualifier] = names;
  const slash = name.indexOf('/');
  if (names.length > 2 || (qualifier !== undefined && slash >= 0)) throw failures.invalidArn(`Invalid ARN: ${arn}`);
  if (qualifier !== undefined) {
    const base = arn.slice(0, -qualifier.length - 1);
    return /^\d+$/.test(qualifier) ? { base, version: Number(qualifier) } : { base, alias: qualifier };
  }
  if (slash < 0) return { base: arn };
  const label = name.slice(slash + 1);
  return { base: arn.slice(0, -label.length - 1), label };
}

/** As parseMachineArn, for operations that refuse an ARN with a label. */
export function parseUnlabeledArn(arn: string): MachineArn {
  const parsed = parseMachineArn(arn);
  if (parsed.label !== undefined) throw failures.labeledArn(arn);
  return parsed;
}
