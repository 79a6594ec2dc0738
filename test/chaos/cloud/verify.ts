import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { each } from '../probe';
import { endpoints } from '../process';
import type { Told } from '../report';
import { answeredCode } from '../trial';
import { BUCKET, MACHINE_ARN, TABLE } from './assembly';
import { type CloudClients, type CloudLedger, sha256 } from './load';

/** Compares what the local cloud shows with what it acknowledged. Call when all executions and schedules had their time. */
export async function verifyCloud(directory: string, clients: CloudClients, ledger: CloudLedger): Promise<Told[]> {
  const breaches: Told[] = [];
  const expect = (letters: string, condition: boolean, text: () => string) => {
    if (!condition) breaches.push([letters, text()]);
  };
  /** Looks at each; what is answered with an error is gone. */
  const lookAt = <T>(all: Iterable<T>, kind: string, look: (one: T) => Promise<void>) => {
    const list = [...all];
    return each(list.length, 8, async (index) => {
      const one = list[index] as T;
      await look(one).catch((error: unknown) => {
        if (answeredCode(error) === undefined) throw error;
        breaches.push(['A', `${kind} '${one}' was acknowledged and is not there: ${(error as Error).message}`]);
      });
    });
  };
  const value = async (pk: string) =>
    (
      await clients.dynamodb.send(
        new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk } }, ConsistentRead: true }),
      )
    ).Item?.value?.S;
  await lookAt(ledger.items.keys(), 'the item', async (pk) => {
    const [found, expected] = [await value(pk), ledger.items.get(pk)];
    expect('A', found === expected, () => `the item '${pk}' is ${found}, acknowledged was ${expected}`);
  });
  await lookAt(ledger.pairs, 'the transaction', async (pair) => {
    const [left, right] = await Promise.all([value(`left ${pair}`), value(`right ${pair}`)]);
    expect('A', left === right, () => `half of the transaction ${pair} was written`);
  });
  await lookAt(ledger.objects.keys(), 'the object', async (Key) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const content = (await Body?.transformToString()) ?? '';
    expect('A', sha256(content) === ledger.objects.get(Key), () => `the object ${Key} is not what was acknowledged`);
  });
  const mails = (await (await fetch(`${endpoints(directory).mail}.json`)).json()) as Array<{ subject: string }>;
  for (const subject of ledger.mails) {
    const copies = mails.filter((mail) => mail.subject === subject).length;
    expect('A', copies === 1, () => `'${subject}' is ${copies} times in the mailbox`);
  }
  for (const body of [...ledger.sent, ...ledger.scheduled]) {
    expect('A', ledger.received.has(body), () => `'${body}' never came out of the queue`);
  }
  await lookAt(ledger.started, 'the execution', async (name) => {
    const executionArn = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
    const { status, cause } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'SUCCEEDED') return expect('A', false, () => `${name} is ${status}: ${cause ?? 'it is stuck'}`);
    expect('A', ledger.received.has(`run ${name}`), () => `${name} succeeded without sending its message`);
    expect('A', (await value(`run ${name}`)) === 'written', () => `${name} succeeded without writing its item`);
  });
  for (const [index, date] of ledger.dates.entries()) {
    const before = ledger.dates[index - 1] ?? 0;
    expect('A', date >= before, () => `the clock went back by ${before - date} ms`);
  }
  return breaches;
}
