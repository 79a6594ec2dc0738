import { GetActivityTaskCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import * as browser from '../browser';
import { linkIn } from '../mails';
import type { Stage } from '../stage';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Loan {
  readonly loanId: string;
  readonly dueAt: number;
}

/** Six weeks: lent, reminded, renewed by the link, reminded again, returned, inspected, receipt. */
export async function playHappyLoan(stage: Stage): Promise<void> {
  stage.timeline.heading('Library loan: renewed once, returned in time');
  const reader = { name: 'Grace Hopper', email: 'grace@example.com' };
  const loan = await lend(stage, 'novel-1', 'Middlemarch', reader);
  stage.mailTo(reader.email, 'You borrowed');

  await stage.until(loan.dueAt - 2 * DAY);
  const reminder = stage.mailTo(reader.email, 'is due on');
  await follow(stage, linkIn(reminder, 'renew'), 'renew');
  const renewal = stage.mailTo(reader.email, 'is yours until');
  const dueAgain = loan.dueAt + 21 * DAY;

  await stage.until(dueAgain - 2 * DAY);
  const second = stage.mailTo(reader.email, 'is due on');
  stage.checks.holds('there is a second reminder', second.id !== reminder.id && second.at > renewal.at, second.subject);
  stage.checks.equal('the renew link has stayed the same', linkIn(second, 'renew'), linkIn(reminder, 'renew'));

  await stage.until(dueAgain - DAY);
  await follow(stage, linkIn(second, 'return'), 'brought it back');
  await inspect(stage);
  stage.mailTo(reader.email, 'Thank you for returning');
  await checkEnd(stage, loan, 'returned');
}

/** Nobody answers: reminder, due, overdue, the librarian is told, at last presumed lost. */
export async function playOverdueLoan(stage: Stage): Promise<void> {
  stage.timeline.heading('Library loan: overdue, escalated');
  const reader = { name: 'Charles Babbage', email: 'charles@example.com' };
  const loan = await lend(stage, 'engines-1', 'On the Economy of Machinery', reader);

  await stage.until(loan.dueAt + HOUR);
  stage.mailTo(reader.email, 'is due on');
  stage.mailTo(reader.email, 'is due today');
  await stage.until(loan.dueAt + 8 * DAY);
  const escalation = stage.mailTo('librarian@example.com', 'A loan is overdue');
  stage.checks.holds('the escalation names the loan', escalation.text.includes(loan.loanId), escalation.text);
  await stage.until(loan.dueAt + 40 * DAY);
  stage.mailTo(reader.email, 'About your loan');
  await checkEnd(stage, loan, 'lost');
}

/** The reader says that the item is lost: the error path. */
export async function playLostLoan(stage: Stage): Promise<void> {
  stage.timeline.heading('Library loan: reported lost');
  const reader = { name: 'Alan Turing', email: 'alan@example.com' };
  const loan = await lend(stage, 'numbers-1', 'On Computable Numbers', reader);
  const confirmation = stage.mailTo(reader.email, 'You borrowed');

  await stage.until(loan.dueAt - 10 * DAY);
  const lost = linkIn(confirmation, 'return').replace(/return$/, 'report-lost');
  await follow(stage, lost, 'lost');
  stage.mailTo(reader.email, 'About your loan');
  await checkEnd(stage, loan, 'lost');
}

/** Lends an item through the library's API. */
async function lend(
  stage: Stage,
  itemId: string,
  title: string,
  customer: { name: string; email: string },
): Promise<Loan> {
  stage.say('library-loan', `The desk lends '${title}' to ${customer.name}`);
  const { status, body } = await stage.library('POST', '/loans', { itemId, title, customer });
  stage.checks.equal(`the answer to POST /loans for '${itemId}'`, status, 201);
  await stage.settle();
  return { loanId: body.loanId, dueAt: Date.parse(body.dueAt) };
}

/** Opens a link as a browser does and presses the button; pressed once more, it says that all is recorded already. */
async function follow(stage: Stage, link: string, words: string): Promise<void> {
  const page = await browser.open(link);
  stage.checks.equal(`the page of ${link}`, page.status, 200);
  stage.say('library-loan', `The reader opens the link: "${page.heading}"`, [link]);
  const button = browser.buttonOf(page, words);
  const answer = await browser.press(button);
  stage.checks.equal(`the answer to "${button.label}"`, answer.status, 200);
  stage.say('library-loan', `The reader presses "${button.label}": "${answer.message}"`);
  await stage.settle();
  const again = await browser.press(button);
  stage.checks.holds(
    `"${button.label}" pressed again changes nothing`,
    /already|closed/i.test(again.message),
    again.message,
  );
  await stage.settle();
}

/** The desk's worker: takes the task from the activity, sends a heartbeat while it looks at the item, and answers. */
async function inspect(stage: Stage): Promise<void> {
  const { taskToken, input } = await stage.sfn.send(
    new GetActivityTaskCommand({ activityArn: stage.activity('InspectReturn'), workerName: 'desk-1' }),
  );
  if (!taskToken) throw new Error('The desk has nothing to inspect.');
  const { title } = JSON.parse(input ?? '{}');
  stage.say('library-loan', `The desk inspects '${title}'`);
  for (let minutes = 0; minutes < 15; minutes += 5) {
    await stage.until(stage.now + 5 * MINUTE);
    await stage.sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  }
  stage.say('library-loan', 'The desk: in good condition');
  await stage.sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ condition: 'good' }) }));
  await stage.settle();
}

async function checkEnd(stage: Stage, loan: Loan, outcome: string): Promise<void> {
  const events = stage.followers['library-loan'].history(loan.loanId);
  const output = events.at(-1)?.executionSucceededEventDetails?.output;
  stage.checks.equal(`the outcome of loan ${loan.loanId}`, output && JSON.parse(output).outcome, outcome);
  const { body } = await stage.library('GET', `/loans/${loan.loanId}`);
  stage.checks.equal(`the status of loan ${loan.loanId}`, body.status, outcome);
}
