import { createHash } from 'node:crypto';

/** How a kind of resource may be named on AWS. */
export interface NameRule {
  readonly longest: number;
  /** S3 allows no capitals. */
  readonly lowerCase?: boolean;
  /** FIFO queues and topics must end in '.fifo'. */
  readonly suffix?: string;
}

/**
 * The physical name of a resource that the template does not name: `<stack>-<logicalId>-<hash>`, shortened to the
 * rule. Unlike CloudFormation's it is the same at each deployment, so that a restart finds the data of the last run.
 */
export function physicalName(stack: string, logicalId: string, rule: NameRule): string {
  const suffix = rule.suffix ?? '';
  const hash = shortHash(`${stack}/${logicalId}`);
  const room = rule.longest - hash.length - suffix.length - 2;
  // The logical id says more than the stack: it may take all that the stack's name leaves of half the room.
  const id = logicalId.slice(0, Math.max(Math.ceil(room / 2), room - stack.length));
  const name = `${stack.slice(0, room - id.length)}-${id}-${hash}${suffix}`;
  return rule.lowerCase ? name.toLowerCase() : name;
}

/** Eight letters and digits that identify `text`. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** What CloudFormation calls a stack, after `arn:aws:cloudformation:<region>:<account>:`. */
export function stackId(name: string): string {
  return `stack/${name}/${shortHash(name)}`;
}

/** The name in the ARN of a stack. */
export function stackNameOf(arn: string): string {
  return arn.split('/')[1] as string;
}
