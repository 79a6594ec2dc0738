import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CONTROL_HEADER } from '../../../local/console/control';
import { patience } from '../patience';
import { endpoints } from '../process';
import { answeredCode, type Trial } from '../trial';
import { BUCKET, MACHINE_ARN, QUEUE, QUEUE_ARN, ROLE_ARN, SENDER, TABLE } from './assembly';

/** What the local cloud acknowledged, kept outside of it. */
export class CloudLedger {
  readonly items = new Map<string, string>();
  /** Pairs that were to be written together, whether acknowledged or not. */
  readonly pairs = new Set<string>();
  /** By key, the SHA-256 of the content. */
  readonly objects = new Map<string, string>();
  readonly mails = new Set<string>();
  readonly sent = new Set<string>();
  readonly received = new Set<string>();
  readonly deleted = new Set<string>();
  readonly scheduled = new Set<string>();
  readonly started = new Set<string>();
  /** Dates of starts in the order in which they were answered to one caller, in ms. */
  readonly dates: number[] = [];
  acknowledged = 0;

  /** Writes all of it into a file, for who looks into a breach. */
  write(file: string): void {
    const text = (_: string, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value);
    writeFileSync(file, `${JSON.stringify(this, text, 1)}\n`);
  }
}

/** Virtual seconds per second. */
export const SCALE = 5;

/** Clients of a `stepwright start`. */
export class CloudClients {
  readonly dynamodb;
  readonly s3;
  readonly sqs;
  readonly ses;
  readonly scheduler;
  readonly sfn;

  constructor(directory: string) {
    const { aws: endpoint, credentials } = endpoints(directory);
    const { region, ...keys } = credentials;
    // What is not answered in this time never is.
    const requestHandler = { requestTimeout: patience(150), throwOnRequestTimeout: true };
    const options = { endpoint, region, credentials: keys, maxAttempts: 2, requestHandler };
    this.dynamodb = new DynamoDBClient(options);
    this.s3 = new S3Client(options);
    this.sqs = new SQSClient(options);
    this.ses = new SESv2Client(options);
    this.scheduler = new SchedulerClient(options);
    this.sfn = new SFNClient(options);
  }

  /** Its virtual time from now on, in ms. */
  async clock(directory: string): Promise<() => number> {
    const { control } = endpoints(directory);
    const headers = { [CONTROL_HEADER]: control.token };
    const { now } = (await (await fetch(`${control.url}/clock-now`, { method: 'POST', headers })).json()) as {
      now: number;
    };
    const real = Date.now();
    return () => now + (Date.now() - real) * SCALE;
  }

  async queueUrl(): Promise<string> {
    return (await this.sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }))).QueueUrl as string;
  }
}

/** Owns the load on a whole local cloud: one loop for each store, until it does not answer any more or `over` settles. */
export class CloudLoad {
  #next = 0;

  constructor(
    private readonly trial: Trial,
    readonly ledger: CloudLedger,
  ) {}

  async drive(directory: string, over: Promise<unknown>): Promise<void> {
    const clients = new CloudClients(directory);
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    const opened = await Promise.all([clients.queueUrl(), clients.clock(directory)]).catch(() => undefined);
    if (opened === undefined) return;
    const [queueUrl, now] = opened;
    const loop = async (turn: (id: string) => Promise<void>) => {
      while (!isOver) {
        await turn(`${this.#next++}`).catch((error: unknown) => {
          // Any answer but success is a breach of its own; no answer means that the process is dead.
          if (answeredCode(error) !== undefined) this.trial.met(error);
          isOver = true;
        });
      }
    };
    await Promise.all([
      loop((id) => this.#write(clients, id)),
      loop((id) => this.#writePair(clients, id)),
      loop((id) => this.#putObject(clients, id)),
      loop((id) => this.#mail(clients, id)),
      loop((id) => this.#send(clients, queueUrl, id)),
      loop(() => this.receive(clients, queueUrl)),
      loop((id) => this.#schedule(clients, now, id)),
      loop((id) => this.#start(clients, id)),
    ]);
  }

  async #write({ dynamodb }: CloudClients, id: string): Promise<void> {
    const Item = { pk: { S: `item ${id}` }, value: { S: id } };
    await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
    this.#note(this.ledger.items.set(`item ${id}`, id));
  }

  async #writePair({ dynamodb }: CloudClients, id: string): Promise<void> {
    this.ledger.pairs.add(id);
    const TransactItems = ['left', 'right'].map((side) => ({
      Put: { TableName: TABLE, Item: { pk: { S: `${side} ${id}` }, value: { S: id } } },
    }));
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
    for (const side of ['left', 'right']) this.ledger.items.set(`${side} ${id}`, id);
    this.#note();
  }

  async #putObject({ s3 }: CloudClients, id: string): Promise<void> {
    const Body = `${id} `.repeat(2000);
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `object/${id}`, Body }));
    this.#note(this.ledger.objects.set(`object/${id}`, sha256(Body)));
  }

  async #mail({ ses }: CloudClients, id: string): Promise<void> {
    const Subject = { Data: `mail ${id}` };
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: SENDER,
        Destination: { ToAddresses: ['grace@example.com'] },
        Content: { Simple: { Subject, Body: { Text: { Data: 'Hello' } } } },
      }),
    );
    this.#note(this.ledger.mails.add(`mail ${id}`));
  }

  async #send({ sqs }: CloudClients, QueueUrl: string, id: string): Promise<void> {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `message ${id}` }));
    this.#note(this.ledger.sent.add(`message ${id}`));
  }

  /** Receives and deletes; answers how many there were. */
  async receive({ sqs }: CloudClients, QueueUrl: string): Promise<void> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, VisibilityTimeout: 60 }),
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      this.ledger.received.add(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      this.#note(this.ledger.deleted.add(Body));
    }
  }

  async #schedule({ scheduler }: CloudClients, now: () => number, id: string): Promise<void> {
    const at = new Date(now() + 120_000).toISOString().slice(0, 19);
    await scheduler.send(
      new CreateScheduleCommand({
        Name: `schedule-${id}`,
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: QUEUE_ARN, RoleArn: ROLE_ARN, Input: `schedule ${id}` },
      }),
    );
    this.#note(this.ledger.scheduled.add(`schedule ${id}`));
  }

  async #start({ sfn }: CloudClients, id: string): Promise<void> {
    const { startDate } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: `run-${id}`, input: '{}' }),
    );
    this.ledger.dates.push((startDate as Date).getTime());
    this.#note(this.ledger.started.add(`run-${id}`));
  }

  #note(_done?: unknown): void {
    this.ledger.acknowledged += 1;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
