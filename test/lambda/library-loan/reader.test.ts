import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { hashLink, LoanKeys } from '../../../lambda/library-loan/keys';
import type { Loan } from '../../../lambda/library-loan/loan';
import { aLoan, environment, secret } from './loan';

Object.assign(process.env, environment);
const { handler: readerPage } = require('../../../lambda/library-loan/reader-page.lambda');
const { handler: awaitDecision } = require('../../../lambda/library-loan/await-decision.lambda');
const { handler: mailFeedback } = require('../../../lambda/library-loan/mail-feedback.lambda');
const { handler: sendMail } = require('../../../lambda/library-loan/send-mail.lambda');

const tables = mockClient(DynamoDBDocumentClient);
const sfn = mockClient(SFNClient);
const ses = mockClient(SESv2Client);
const secrets = mockClient(SecretsManagerClient);
const scheduler = mockClient(SchedulerClient);
const keys = new LoanKeys(secret);
const link = keys.linkToken('loan-1');
const refusedWrite = new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
let logged: string;

beforeEach(() => {
  for (const client of [tables, sfn, ses, secrets, scheduler]) client.reset();
  scheduler.on(CreateScheduleCommand).resolves({});
  secrets.on(GetSecretValueCommand).resolves({ SecretString: secret });
  sfn.on(SendTaskSuccessCommand).resolves({});
  sfn.on(SendTaskFailureCommand).resolves({});
  ses.on(SendEmailCommand).resolves({ MessageId: 'm-1' });
  logged = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    logged += text;
    return true;
  });
  jest.useFakeTimers({ now: new Date('2026-03-20T12:00:00Z') });
  loanIs(aLoan());
});
afterEach(() => {
  expect(logged).not.toContain('the-task-token');
  expect(logged).not.toContain(link);
  expect(logged).not.toContain('zoe@example.com');
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function loanIs(loan: Loan, expiresAt = Date.parse('2027-03-01T00:00:00Z') / 1000): void {
  tables.on(GetCommand, { TableName: 'items' }).resolves({ Item: { itemId: 'book-42', title: 'Momo', status: 'out' } });
  tables.on(GetCommand, { TableName: 'mail-stops' }).resolves({});
  tables.on(GetCommand, { TableName: 'links' }).resolves({});
  tables
    .on(GetCommand, { TableName: 'links', Key: { linkHash: hashLink(link) } })
    .resolves({ Item: { loanId: 'loan-1', expiresAt } });
  tables.on(GetCommand, { TableName: 'loans' }).resolves({ Item: loan });
}

const visit = (method: string, page: string, body?: string, linkToken = link) =>
  readerPage({ requestContext: { http: { method } }, pathParameters: { linkToken, page }, body });

function formOf(html: string): string {
  const value = (name: string) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? '';
  return new URLSearchParams({ period: value('period'), nonce: value('nonce') }).toString();
}

describe('the page behind the link', () => {
  test.each(['renew', 'return', 'report-lost'])('GET %s asks, and writes nothing', async (page) => {
    const { statusCode, body } = await visit('GET', page);
    expect(statusCode).toBe(200);
    expect(body).toContain('<form method="post">');
    expect(body).not.toContain('<script');
    expect([...tables.commandCalls(UpdateCommand), ...sfn.calls()]).toEqual([]);
  });

  test('HEAD answers as GET does, without the page', async () => {
    const [get, head] = [await visit('GET', 'renew'), await visit('HEAD', 'renew')];
    expect(head).toEqual({ ...get, body: '' });
  });

  test('travels with headers that give nothing away', async () => {
    const { headers, body } = await visit('GET', 'renew');
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
    });
    expect(body).not.toContain('zoe@example.com');
  });

  test('looks alike for every link that leads nowhere', async () => {
    const answers = [
      await visit('GET', 'renew', undefined, 'A'.repeat(43)),
      await visit('GET', 'renew', undefined, '../x'),
      await visit('GET', 'admin'),
    ];
    loanIs(aLoan(), Date.parse('2026-03-20T11:59:59Z') / 1000);
    answers.push(await visit('GET', 'renew'), await visit('POST', 'renew', 'nonce=1'));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].statusCode).toBe(404);
  });

  test.each([
    ['when no renewal is left', { renewalsLeft: 0 }, 'renewed as often as it can be'],
    ['after a decision', { decision: 'return', status: 'returning' }, 'Already recorded'],
    ['after the end', { status: 'returned' }, 'This loan is closed'],
  ] as const)('offers no button %s, and says why', async (_, more, told) => {
    loanIs(aLoan(more as Partial<Loan>));
    const { statusCode, body } = await visit('GET', 'renew');
    expect(statusCode).toBe(200);
    expect(body).toContain(told);
    expect(body).not.toContain('<form');
  });

  test('takes any title as text', async () => {
    loanIs(aLoan({ title: '"><script>alert(1)</script>' }));
    expect((await visit('GET', 'renew')).body).not.toContain('<script>');
  });
});

describe('the button', () => {
  const stored = (decision: Loan['decision'], more: Partial<Loan> = {}) => {
    const loan = aLoan({ decision, sealedToken: keys.seal('loan-1', 'the-task-token'), ...more });
    tables.on(UpdateCommand).resolves({ Attributes: loan });
    // A renewal is stored together with a look at the item's queue.
    tables.on(TransactWriteCommand).callsFake(() => {
      loanIs(loan);
      return {};
    });
  };

  test.each(['renew', 'return'])('%s stores the decision, then answers the task', async (page) => {
    const { body: asked } = await visit('GET', page);
    stored(page as Loan['decision']);
    const { statusCode, body } = await visit('POST', page, formOf(asked));
    expect(statusCode).toBe(200);
    expect(body).toContain('Recorded');
    const [transaction] = tables.commandCalls(TransactWriteCommand);
    const update =
      transaction?.args[0].input.TransactItems?.[0]?.Update ?? tables.commandCalls(UpdateCommand)[0]?.args[0].input;
    expect(update?.ConditionExpression).toContain('attribute_not_exists(decision)');
    expect(scheduler.commandCalls(CreateScheduleCommand)).toHaveLength(1);
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 'the-task-token',
      output: JSON.stringify({ decision: page }),
    });
  });

  test('report-lost answers the task with a failure', async () => {
    const { body: asked } = await visit('GET', 'report-lost');
    stored('lost');
    await visit('POST', 'report-lost', formOf(asked));
    expect(sfn.commandCalls(SendTaskFailureCommand)[0]?.args[0].input).toMatchObject({
      taskToken: 'the-task-token',
      error: 'LostReported',
    });
  });

  test('pressed twice says so', async () => {
    const { body: asked } = await visit('GET', 'renew');
    tables.on(UpdateCommand).rejects(refusedWrite);
    loanIs(aLoan());
    tables
      .on(GetCommand, { TableName: 'loans' })
      .resolvesOnce({ Item: aLoan() })
      .resolves({ Item: aLoan({ decision: 'renew' }) });
    const { statusCode, body } = await visit('POST', 'renew', formOf(asked));
    expect(statusCode).toBe(200);
    expect(body).toContain('Already recorded');
    expect(sfn.calls()).toEqual([]);
  });

  test('of a page from before the renewal says so too, and decides nothing', async () => {
    const { body: asked } = await visit('GET', 'renew');
    loanIs(aLoan({ period: 1, lastDecision: 'renew' }));
    const { body } = await visit('POST', 'renew', formOf(asked));
    expect(body).toContain('Already recorded');
    expect(tables.commandCalls(UpdateCommand)).toEqual([]);
  });

  test.each([
    ['return', 'renew'],
    ['report-lost', 'renew'],
    ['return', 'return'],
    ['renew', 'return'],
  ] as const)(
    '%s, of a page from before a %s, is asked once more, since it was not decided',
    async (page, lastDecision) => {
      const { body: asked } = await visit('GET', page);
      loanIs(aLoan({ period: 1, lastDecision }));
      const { body } = await visit('POST', page, formOf(asked));
      expect(body).toContain('Your loan has changed');
      expect(body).toContain('<button');
      expect(tables.commandCalls(UpdateCommand)).toEqual([]);
    },
  );

  test('without the page’s nonce does nothing', async () => {
    const { body: asked } = await visit('GET', 'return');
    for (const form of ['', 'period=0', 'period=0&nonce=1.x', formOf(asked)]) {
      const { statusCode, body } = await visit('POST', 'renew', form);
      expect(statusCode).toBe(403);
      expect(body).toContain('<form');
    }
    expect([...tables.commandCalls(UpdateCommand), ...sfn.calls()]).toEqual([]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken', 'ThrottlingException'])(
    'a decision that is stored is recorded, whatever the answer meets: %s',
    async (name) => {
      const { body: asked } = await visit('GET', 'renew');
      stored('renew');
      sfn.on(SendTaskSuccessCommand).rejects(Object.assign(new Error(name), { name }));
      expect((await visit('POST', 'renew', formOf(asked))).body).toContain('Recorded');
    },
  );

  test('before anybody waits is stored, and answered later', async () => {
    const { body: asked } = await visit('GET', 'renew');
    stored('renew', { sealedToken: undefined });
    expect((await visit('POST', 'renew', formOf(asked))).body).toContain('Recorded');
    expect(sfn.calls()).toEqual([]);
  });
});

describe('awaiting a decision', () => {
  const step = { loanId: 'loan-1', period: 0, taskToken: 'the-task-token' };
  const written = () => tables.commandCalls(UpdateCommand)[0]?.args[0].input;
  const answersWithLoan = (more: Partial<Loan>) =>
    tables.on(UpdateCommand).callsFake((input) => ({
      Attributes: { ...aLoan(more), sealedToken: input.ExpressionAttributeValues[':set_sealedToken'] },
    }));

  test('leaves the token sealed with the loan, and answers nothing yet', async () => {
    answersWithLoan({});
    await awaitDecision(step);
    expect(JSON.stringify(written())).not.toContain('the-task-token');
    expect(sfn.calls()).toEqual([]);
  });

  test('answers at once when the reader was faster', async () => {
    answersWithLoan({ decision: 'return' });
    await awaitDecision(step);
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
      taskToken: 'the-task-token',
      output: '{"decision":"return"}',
    });
  });

  test('asks to be tried again, with the decision stored, when the answer does not get through', async () => {
    answersWithLoan({ decision: 'return' });
    sfn.on(SendTaskSuccessCommand).rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
    await expect(awaitDecision(step)).rejects.toMatchObject({ name: 'LoansBusy' });
  });

  test('refuses a period that is over', async () => {
    tables.on(UpdateCommand).rejects(refusedWrite);
    await expect(awaitDecision(step)).rejects.toMatchObject({ name: 'LoanChanged' });
  });
});

describe('sending mail', () => {
  const step = { loanId: 'loan-1', period: 0, mail: 'reminder' };
  const sent = () => ses.commandCalls(SendEmailCommand).map(({ args }) => args[0].input);

  test('writes to the reader, with the same link as ever, through the configuration set', async () => {
    tables.on(UpdateCommand).resolves({});
    expect(await sendMail(step)).toEqual({ version: 1, sent: true });
    expect(sent()[0]).toMatchObject({
      FromEmailAddress: '"City Library" <library@example.com>',
      Destination: { ToAddresses: ['zoe@example.com'] },
      ConfigurationSetName: 'library',
    });
    expect(sent()[0]?.Content?.Simple?.Body?.Text?.Data).toContain(`https://library.example/l/${link}/renew`);
  });

  test.each(['reminder', 'due', 'overdue', 'lostFee'])('holds a %s back at night', async (mail) => {
    jest.setSystemTime(new Date('2026-03-20T21:00:00Z'));
    await expect(sendMail({ ...step, mail, version: 2 })).rejects.toMatchObject({ name: 'QuietHours' });
    expect(sent()).toEqual([]);
  });

  test.each(['confirmation', 'renewed', 'receipt'])('answers at night what a person did: %s', async (mail) => {
    jest.setSystemTime(new Date('2026-03-20T21:00:00Z'));
    tables.on(UpdateCommand).resolves({});
    expect(await sendMail({ ...step, mail, version: 2 })).toEqual({ version: 2, sent: true });
  });

  test('knows no version that is newer than itself', async () => {
    await expect(sendMail({ ...step, version: 3 })).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('does not write twice in one period', async () => {
    loanIs(aLoan({ mailed: new Set(['reminder#0']) }));
    expect(await sendMail(step)).toEqual({ version: 1, sent: false });
    expect(sent()).toEqual([]);
  });

  test('does not write to an address from which mail came back', async () => {
    tables.on(GetCommand, { TableName: 'mail-stops', Key: { address: 'zoe@example.com' } }).resolves({
      Item: { address: 'zoe@example.com', reason: 'bounce', since: '2026-03-02T09:00:00Z' },
    });
    expect(await sendMail(step)).toEqual({ version: 1, sent: false });
    expect(sent()).toEqual([]);
    expect(tables.commandCalls(UpdateCommand)).toEqual([]);
  });

  test('asks to be tried again while the tables cannot say whether it may write', async () => {
    tables
      .on(GetCommand, { TableName: 'mail-stops' })
      .rejects(Object.assign(new Error(), { name: 'ThrottlingException' }));
    await expect(sendMail(step)).rejects.toMatchObject({ name: 'LoansBusy' });
    expect(sent()).toEqual([]);
  });

  const unverified = (identity: string) =>
    `Email address is not verified. The following identities failed the check in region US-EAST-1: ${identity}`;
  test.each([
    ['MessageRejected', 'zoe@example.com', 'MailRefused'],
    ['MessageRejected', unverified('zoe@example.com'), 'MailRefused'],
    ['MessageRejected', unverified('"City Library" <library@example.com>'), 'SenderRefused'],
    ['MailFromDomainNotVerifiedException', 'zoe@example.com', 'SenderRefused'],
    ['AccountSuspendedException', '', 'SenderRefused'],
    ['NotFoundException', 'Configuration set <library> does not exist.', 'SenderRefused'],
    ['BadRequestException', 'zoe@example.com', 'MailRefused'],
    ['TooManyRequestsException', '', 'MailUnavailable'],
    ['LimitExceededException', '', 'MailUnavailable'],
    ['SendingPausedException', '', 'MailUnavailable'],
    ['AccessDeniedException', '', 'AccessDeniedException'],
  ])('tells %s, %j, as %s, without the address', async (name, message, error) => {
    ses.on(SendEmailCommand).rejects(Object.assign(new Error(message), { name }));
    const thrown = await sendMail(step).catch((reason: Error) => reason);
    expect(thrown).toMatchObject({ name: error });
    expect(thrown.message).not.toContain('zoe@example.com');
    // What the address refuses, the desk sees; it is the only thing that is written.
    const written = tables.commandCalls(UpdateCommand).map(({ args }) => args[0].input.ExpressionAttributeValues);
    const refusal = { mail: step.mail, reason: name, at: '2026-03-20T12:00:00Z' };
    expect(written).toEqual(error === 'MailRefused' ? [{ ':set_mailRefused': refusal }] : []);
  });
});

describe('feedback on mails', () => {
  const told = (record: object | string) => ({
    Records: [{ Sns: { Message: typeof record === 'string' ? record : JSON.stringify(record) } }],
  });
  const mail = { destination: ['Zoe@example.com'] };
  const bounce = (bounceType: string) => ({
    eventType: 'Bounce',
    mail,
    bounce: {
      bounceType,
      timestamp: '2026-03-02T09:00:00.000Z',
      bouncedRecipients: [{ emailAddress: 'f@other.example' }],
    },
  });
  const complaint = (complaintFeedbackType?: string) => ({
    eventType: 'Complaint',
    mail,
    complaint: { complaintFeedbackType, timestamp: '2026-03-02T09:00:00.000Z' },
  });
  const stopped = () => tables.commandCalls(PutCommand).map(({ args }) => args[0].input.Item);

  test.each([
    ['a bounce for good', bounce('Permanent'), 'bounce'],
    ['a complaint', complaint('abuse'), 'complaint'],
    ['a complaint without a kind', complaint(), 'complaint'],
  ])('%s stops mails to the address that was written to', async (_, record, reason) => {
    tables.on(PutCommand).resolves({});
    await mailFeedback(told(record));
    expect(stopped()).toEqual([{ address: 'zoe@example.com', reason, since: '2026-03-02T09:00:00.000Z' }]);
  });

  test.each<[string, object | string]>([
    ['a full mailbox', bounce('Transient')],
    ['a bounce of unknown kind', bounce('Undetermined')],
    ['a mail taken out of the spam', complaint('not-spam')],
    ['an event that was not asked for', { eventType: 'Delivery', mail }],
    ['the greeting of SES', 'Successfully validated SNS topic for Amazon SES event publishing.'],
    ['a record of another shape', { eventType: 'Bounce', mail: 'x' }],
  ])('%s stops nothing', async (_, record) => {
    await mailFeedback(told(record));
    expect(stopped()).toEqual([]);
  });

  test('a second bounce changes nothing', async () => {
    tables.on(PutCommand).rejects(refusedWrite);
    await expect(mailFeedback(told(bounce('Permanent')))).resolves.toBeUndefined();
  });

  test('asks to be called again when the tables are busy', async () => {
    tables.on(PutCommand).rejects(Object.assign(new Error(), { name: 'ThrottlingException' }));
    await expect(mailFeedback(told(bounce('Permanent')))).rejects.toMatchObject({ name: 'LoansBusy' });
  });
});
