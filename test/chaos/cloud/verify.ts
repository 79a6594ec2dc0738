import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { each } from '../probe';
import { endpoints } from '../process';
import { Breaches } from '../report';
import { BUCKET, MACHINE_ARN, TABLE } from './assembly';
import { type CloudClients, type CloudLedger, sha256 } from './load';

/** Compares what the local cloud shows with what it acknowledged. Call when all executions and schedules had their time. */
export async function verifyCloud(directory: string, clients: CloudClients, ledger: CloudLedger): Promise<Breaches> {
  const breaches = new Breaches();
  const value = async (pk: string) =>
    (
      await clients.dynamodb.send(
        new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk } }, ConsistentRead: true }),
      )
    ).Item?.value?.S;
  const items = [...ledger.items];
  await each(items.length, 8, async (index) => {
    const [pk, expected] = items[index] as [string, string];
    const found = await value(pk);
    breaches.expect(found === expected, () => `the item '${pk}' is ${found}, acknowledged was ${expected}`);
  });
  const pairs = [...ledger.pairs];
  await each(pairs.length, 8, async (index) => {
    const [left, right] = await Promise.all([value(`left ${pairs[index]}`), value(`right ${pairs[index]}`)]);
    breaches.expect(left === right, () => `half of the transaction ${pairs[index]} was written`);
  });
  const objects = [...ledger.objects];
  await each(objects.length, 8, async (index) => {
    const [Key, expected] = objects[index] as [string, string];
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    const content = (await Body?.transformToString()) ?? '';
    breaches.expect(sha256(content) === expected, () => `the object ${Key} is not what was acknowledged`);
  });
  const mails = (await (await fetch(`${endpoints(directory).mail}.json`)).json()) as Array<{ subject: string }>;
  for (const subject of ledger.mails) {
    const copies = mails.filter((mail) => mail.subject === subject).length;
    breaches.expect(copies === 1, () => `'${subject}' is ${copies} times in the mailbox`);
  }
  for (const body of [...ledger.sent, ...ledger.scheduled]) {
    breaches.expect(ledger.received.has(body), () => `'${body}' never came out of the queue`);
  }
  const names = [...ledger.started];
  await each(names.length, 8, async (index) => {
    const name = names[index] as string;
    const executionArn = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
    const { status, cause } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    breaches.expect(status === 'SUCCEEDED', () => `${name} is ${status}: ${cause}`);
    breaches.expect(ledger.received.has(`run ${name}`), () => `${name} succeeded without sending its message`);
    breaches.expect((await value(`run ${name}`)) === 'written', () => `${name} succeeded without writing its item`);
  });
  for (const [index, date] of ledger.dates.entries()) {
    const before = ledger.dates[index - 1] ?? 0;
    breaches.expect(date >= before, () => `the clock went back by ${before - date} ms`);
  }
  return breaches;
}
