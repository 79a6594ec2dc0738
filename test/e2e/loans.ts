import * as browser from '../../demo/browser';
import { linkIn } from '../../demo/mails';
import { LoanKeys } from '../../lambda/library-loan/keys';
import type { World } from './world';

export interface Loan {
  readonly loanId: string;
  readonly itemId: string;
  readonly email: string;
  readonly dueAt: number;
}

let count = 0;

/** Lends a new item to a new reader, through the desk's API. */
export async function lend(world: World, more: Record<string, unknown> = {}): Promise<Loan> {
  count += 1;
  const itemId = `item-${count}`;
  const email = `reader-${count}@example.com`;
  const customer = { name: `Reader ${count}`, email };
  const { status, body } = await world.library('POST', '/loans', { itemId, title: `Book ${count}`, customer, ...more });
  expect({ status, body }).toEqual({
    status: 201,
    body: { loanId: expect.any(String), status: expect.any(String), dueAt: expect.any(String) },
  });
  await world.settle();
  return { loanId: body.loanId, itemId, email, dueAt: Date.parse(body.dueAt) };
}

/** The link to a page, made from the newest mail that has one, as a reader would find it. */
export function link(world: World, loan: Loan, page: 'renew' | 'return' | 'report-lost'): string {
  const mail = world.mails(loan.email).findLast(({ text }) => text.includes('/l/'));
  if (!mail) throw new Error(`${loan.email} has no mail with a link.`);
  return page === 'report-lost' ? linkIn(mail, 'return').replace(/return$/, page) : linkIn(mail, page);
}

/** Opens the page and presses its button; answers what the reader reads then. */
export async function click(world: World, loan: Loan, page: 'renew' | 'return' | 'report-lost'): Promise<string> {
  const { forms, message, heading } = await browser.open(link(world, loan, page));
  const button = forms[0]?.buttons[0];
  if (!button || !forms[0]) return message;
  const answer = await browser.press({ ...button, form: forms[0] });
  expect({ heading, status: answer.status }).toEqual({ heading, status: 200 });
  return answer.message;
}

/** The library's keys, as its functions have them. */
export async function libraryKeys(world: World): Promise<LoanKeys> {
  const { SecretList } = await world.call('secretsmanager', 'ListSecrets');
  const { Name } = SecretList.find(({ Description }: { Description: string }) => Description.includes('task tokens'));
  return new LoanKeys((await world.call('secretsmanager', 'GetSecretValue', { SecretId: Name })).SecretString);
}

/** Takes the next task from the desk's activity. */
export async function takeInspection(world: World, workerName = 'desk-1') {
  const { activities } = await world.call('sfn', 'ListActivities');
  const { activityArn } = activities.find(({ name }: { name: string }) => name.includes('InspectReturn'));
  const { taskToken, input } = await world.call('sfn', 'GetActivityTask', { activityArn, workerName });
  return { taskToken: taskToken as string, input: JSON.parse(input ?? '{}') };
}

/** What the desk sees of the loan. */
export async function seen(world: World, loan: Loan) {
  return (await world.library('GET', `/loans/${loan.loanId}`)).body;
}

export async function execution(world: World, loan: Loan) {
  const stateMachineArn = await world.machine('LibraryLoan');
  return world.execution(`${stateMachineArn.replace(':stateMachine:', ':execution:')}:${loan.loanId}`);
}

export async function itemStatus(world: World, loan: Loan): Promise<unknown> {
  const rows = await world.rows('Items');
  return rows.find(({ itemId }) => itemId === loan.itemId)?.status;
}

export function subjects(world: World, loan: Loan): string[] {
  return world.mails(loan.email).map(({ subject }) => subject);
}
