import type { JsonObject } from '../../asl/json';

/** A pipe as it is kept; times in virtual ms. */
export interface Pipe {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly running: boolean;
  readonly description?: string;
  readonly roleArn: string;
  /** The ARN of an SQS queue. */
  readonly source: string;
  readonly batchSize: number;
  /** How long a batch may be gathered. */
  readonly windowSeconds: number;
  /** Patterns, of which a message must match one; none: every message goes through. */
  readonly filters: readonly JsonObject[];
  readonly target: string;
  /** As CreatePipe took them. */
  readonly sourceParameters: JsonObject;
  readonly targetParameters: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
}
