import type { Json } from '../../asl/json';
import type { TargetCall } from '../delivery/targets';

/** An event as rules match it and targets get it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** 'yyyy-mm-ddThh:mm:ssZ' */
  time: string;
  region: string;
  resources: string[];
  detail: Json;
  [key: string]: Json;
}

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  /** JSON text. */
  readonly pattern?: string;
  readonly schedule?: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly roleArn?: string;
  readonly targets: readonly Target[];
}

/** As PutTargets takes it; members that the local cloud has no use for are kept. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  readonly SqsParameters?: { MessageGroupId?: string };
  readonly RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
  readonly DeadLetterConfig?: { Arn?: string };
}

/** An event on its way to one target, its input made already: later changes of the rule do not touch it. */
export type EventDelivery = Omit<TargetCall, 'deliveryId'> & { ruleArn: string; deadLetterArn?: string };
