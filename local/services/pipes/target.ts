import { isObject, type Json } from '../../asl/json';
import { AwsError, type AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import { failedOf } from '../polling/failures';
import { groupOf, parsedJson, type SqsRecord } from '../polling/records';
import { type RoleSession, roleSession } from '../role-session';
import { parameterText, targetInput } from './input';
import type { Pipe } from './model';

/**
 * Owns how a batch is handed to a pipe's target, and which of its messages failed there
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html): state machines and functions
 * get the whole batch as one list and may answer which of it failed, queues and topics get record by record.
 */
export const VIA = 'pipes';

/** The session of its role, in which a pipe polls its queue and calls its target. */
export function pipeSession({ roleArn, name, arn }: Pipe): RoleSession | undefined {
  return roleSession(roleArn, name, arn);
}

/** The service that a target's ARN names, of those that a pipe can call here. */
export function targetService(arn: string): 'states' | 'lambda' | 'sqs' | 'sns' | undefined {
  const service = arn.split(':')[2] ?? '';
  return service === 'states' || service === 'lambda' || service === 'sqs' || service === 'sns' ? service : undefined;
}

/**
 * @returns the records that failed, which are to come again
 * @throws what the target's service answers when the whole batch failed
 */
export async function handOver(parts: Parts, pipe: Pipe, records: readonly SqsRecord[]): Promise<SqsRecord[]> {
  const inputs = records.map((record) => targetInput(pipe, record, parts.clock.now()));
  const role = pipeSession(pipe);
  const call = (service: string, operation: string, input: AwsShape) =>
    parts.aws.call(service, operation, input, { via: VIA, role });
  switch (targetService(pipe.target)) {
    case 'states': {
      const { InvocationType } = parameters(pipe, 'StepFunctionStateMachineParameters');
      const request = { stateMachineArn: pipe.target, input: JSON.stringify(inputs) };
      if (InvocationType === 'FIRE_AND_FORGET') {
        await call('sfn', 'StartExecution', request);
        return [];
      }
      const { status, output, error, cause } = await call('sfn', 'StartSyncExecution', request);
      if (status !== 'SUCCEEDED') throw new AwsError(error ?? status, cause ?? `The execution is ${status}.`);
      return failedOf(records, parsedJson(output ?? ''));
    }
    case 'lambda': {
      const { InvocationType } = parameters(pipe, 'LambdaFunctionParameters');
      const isAsync = InvocationType === 'FIRE_AND_FORGET';
      const { FunctionError, Payload } = await call('lambda', 'Invoke', {
        FunctionName: pipe.target,
        InvocationType: isAsync ? 'Event' : 'RequestResponse',
        Payload: Buffer.from(JSON.stringify(inputs)),
      });
      const text = Payload ? Buffer.from(Payload).toString('utf8') : '';
      if (FunctionError) throw new AwsError(FunctionError, text);
      return isAsync ? [] : failedOf(records, parsedJson(text));
    }
    case 'sqs':
    case 'sns':
      return oneByOne(pipe, records, (record, index) => {
        const text = asText(inputs[index] as Json);
        if (targetService(pipe.target) === 'sns')
          return call('sns', 'Publish', { TopicArn: pipe.target, Message: text });
        const { MessageGroupId, MessageDeduplicationId } = parameters(pipe, 'SqsQueueParameters');
        return call('sqs', 'SendMessage', {
          QueueUrl: pipe.target,
          MessageBody: text,
          MessageGroupId: parameterText(MessageGroupId, record),
          MessageDeduplicationId: parameterText(MessageDeduplicationId, record),
        });
      });
    default:
      throw new AwsError('UnsupportedTarget', `The local cloud has no pipes to ${pipe.target}.`, 501);
  }
}

/** From a FIFO queue in order: what is behind a failure in its group fails with it. */
async function oneByOne(
  { source }: Pipe,
  records: readonly SqsRecord[],
  send: (record: SqsRecord, index: number) => Promise<unknown>,
): Promise<SqsRecord[]> {
  if (!isFifo(source)) {
    const outcomes = await Promise.allSettled(records.map(send));
    return records.filter((_, index) => outcomes[index]?.status === 'rejected');
  }
  const failed: SqsRecord[] = [];
  for (const [index, record] of records.entries()) {
    const isHeldUp = failed.some((other) => groupOf(other) === groupOf(record));
    const isSent = !isHeldUp && (await succeeds(send(record, index)));
    if (!isSent) failed.push(record);
  }
  return failed;
}

function succeeds(sent: Promise<unknown>): Promise<boolean> {
  return sent.then(
    () => true,
    () => false,
  );
}

function parameters(pipe: Pipe, name: string): AwsShape {
  const given = pipe.targetParameters[name];
  return isObject(given) ? given : {};
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
