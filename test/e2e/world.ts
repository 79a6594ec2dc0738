import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { type HistoryEvent, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { type Row, rowsOf } from '../../demo/inventory';
import { type Answer, sendSigned, signedFetch } from '../../demo/signed-fetch';
import { Cloud, type CloudOptions } from '../../local/assembly/cloud';
import type { AwsShape } from '../../local/services/aws';
import { assembly } from '../lib/assembly';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The virtual instant at which the tests' clouds begin. */
export const START = Date.parse('2026-03-02T09:00:00Z');

/** A local cloud that runs the really synthesized stacks, and what the journeys ask of it: all through AWS's own APIs. */
export class World {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly cloudwatch: CloudWatchClient;

  private constructor(readonly cloud: Cloud) {
    const { region, ...credentials } = cloud.endpoints.credentials;
    const options = { endpoint: cloud.endpoints.aws, region, credentials };
    this.s3 = new S3Client({ ...options, forcePathStyle: true });
    this.sfn = new SFNClient(options);
    this.cloudwatch = new CloudWatchClient(options);
  }

  /** Boots the app in memory, its clock standing still at `START`, its roles as strict as on AWS, unless the options say otherwise. */
  static async begin(options: Partial<CloudOptions> = {}): Promise<World> {
    const clock = { start: START, scale: 0 };
    return new World(await Cloud.boot({ assemblyDir: assembly(), clock, iam: 'enforce', ...options }));
  }

  /**
   * @param without actions that roles lack on purpose
   * @throws Error when a role of the app lacked anything else that it was used for, and for what AWS would refuse to deploy
   */
  async end(without: readonly string[] = []): Promise<void> {
    for (const client of [this.s3, this.sfn, this.cloudwatch]) client.destroy();
    await this.cloud.stop();
    const lacking = this.cloud.permissions?.denials
      .filter(({ action }) => !without.includes(action))
      .map(({ session, action, resource }) => `${session.holder} ${action} ${resource}`);
    const refused = this.cloud.report.warnings.filter(({ message }) => message.startsWith('AWS refuses to deploy it'));
    if (refused.length) throw new Error(refused.map(({ logicalId, message }) => `${logicalId}: ${message}`).join('\n'));
    if (lacking?.length) throw new Error(`Roles lack what they are used for:\n${lacking.join('\n')}`);
  }

  get now(): number {
    return this.cloud.clock.now();
  }

  settle(): Promise<void> {
    return this.cloud.work.idle();
  }

  /** Moves the clock on; everything due on the way happens, in order. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(this.now + milliseconds);
  }

  async until(target: number): Promise<void> {
    await this.cloud.clock.advanceTo(target);
    await this.settle();
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape that AWS documents for the operation.
  call(service: string, operation: string, input: AwsShape = {}): Promise<any> {
    return this.cloud.aws.call(service, operation, input, { via: 'test' });
  }

  /** The rows of the tables whose names contain `word`, by the tables' names. */
  async tables(word = ''): Promise<Record<string, Row[]>> {
    const { TableNames } = await this.call('dynamodb', 'ListTables');
    const names: string[] = TableNames.filter((name: string) => name.includes(word));
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.#rowsIn(name)])));
  }

  async #rowsIn(TableName: string): Promise<Row[]> {
    const { Items, LastEvaluatedKey } = await this.call('dynamodb', 'Scan', { TableName });
    if (LastEvaluatedKey) throw new Error(`${TableName} has more rows than one page.`);
    return rowsOf(Items);
  }

  /** The rows of the one table whose name contains `word`. */
  async rows(word: string): Promise<Row[]> {
    return pick(await this.tables(word), word);
  }

  /** The ARN of the state machine whose name contains `word`. */
  async machine(word: string): Promise<string> {
    const { stateMachines } = await this.call('sfn', 'ListStateMachines');
    return named<{ name: string; stateMachineArn: string }>(stateMachines, word).stateMachineArn;
  }

  /** The executions of a workflow, oldest first; the local cloud knows those of Express too. */
  async executionArns(workflow: string): Promise<string[]> {
    const executions = this.cloud.services.states.own.list(await this.machine(workflow));
    return executions.map(({ executionArn }) => executionArn).reverse();
  }

  async execution(executionArn: string): Promise<Execution> {
    if (isExpress(executionArn)) return this.cloud.services.states.own.describe(executionArn) as Execution;
    return this.call('sfn', 'DescribeExecution', { executionArn });
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    if (isExpress(executionArn)) return this.cloud.services.states.own.history(executionArn) as HistoryEvent[];
    const events: HistoryEvent[] = [];
    for await (const page of paginateGetExecutionHistory({ client: this.sfn }, { executionArn })) {
      events.push(...(page.events ?? []));
    }
    return events;
  }

  /** Takes all messages out of the queue whose name contains `word`. */
  // biome-ignore lint/suspicious/noExplicitAny: a message is any JSON.
  async drain(word: string): Promise<any[]> {
    const { QueueUrls } = await this.call('sqs', 'ListQueues');
    const QueueUrl = QueueUrls.find((url: string) => url.includes(word));
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages = [] } = await this.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
      if (Messages.length === 0) return bodies;
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(JSON.parse(Body));
        await this.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
      }
    }
  }

  /** Makes calls fail until the answered function is called. */
  fail(service: string, operation: string, code: string, status = 500, times?: number): () => void {
    const error = { code, message: 'Made to fail by a test.', status };
    return this.cloud.faults.add({ service, operation, error, ...(times !== undefined && { times }) });
  }

  mails(address?: string) {
    const all = this.cloud.services.ses.mails();
    return address ? all.filter(({ to }) => to.includes(address)) : all;
  }

  /** Calls the library's API, signed. */
  library(method: string, path: string, body?: unknown): Promise<Answer> {
    return signedFetch(this.cloud.endpoints.credentials, method, new URL(path, this.libraryUrl), body);
  }

  /** Sends a text, whatever it is, to `POST /loans`, signed. */
  lendAs(text: string): Promise<Response> {
    return sendSigned(this.cloud.endpoints.credentials, 'POST', new URL('/loans', this.libraryUrl), text);
  }

  get libraryUrl(): string {
    return pick(this.cloud.endpoints.apis, 'Library');
  }
}

export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

const isExpress = (executionArn: string) => executionArn.includes(':express:');

/** The names of the states that an execution entered, in order. */
export function path(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

function pick<T>(record: Readonly<Record<string, T>>, word: string): T {
  const name = Object.keys(record).find((candidate) => candidate.includes(word));
  if (name === undefined) throw new Error(`None of ${Object.keys(record).join(', ')} contains '${word}'`);
  return record[name] as T;
}

function named<T extends { name: string }>(list: readonly T[], word: string): T {
  const found = list.find(({ name }) => name.includes(word));
  if (!found) throw new Error(`None of ${list.map(({ name }) => name).join(', ')} contains '${word}'`);
  return found;
}
