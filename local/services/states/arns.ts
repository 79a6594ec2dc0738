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
