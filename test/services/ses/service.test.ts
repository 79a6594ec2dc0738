import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  GetConfigurationSetCommand,
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  SESv2Client,
  SendEmailCommand,
} from '@aws-sdk/client-sesv2';
import { SesService } from '../../../local/services/ses/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

const parts = testParts();
const ses = new SesService(parts);
parts.aws.register(ses);
const server = new WireServer(parts);
let client: SESv2Client;

const simple = (change: { from?: string; to?: string[]; subject?: string } = {}) => ({
  FromEmailAddress: change.from ?? 'Library <library@example.com>',
  Destination: { ToAddresses: change.to ?? ['reader@example.org'] },
  Content: {
    Simple: {
      Subject: { Data: change.subject ?? 'Dune is yours' },
      Body: { Text: { Data: 'text' }, Html: { Data: '<p>html</p>' } },
    },
  },
});

beforeAll(async () => {
  const { url } = await server.start();
  client = new SESv2Client({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'library@Example.com' }));
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'mail.example.net' }));
});
afterAll(() => server.stop());

test('keeps a simple mail with the virtual time, the newest last', async () => {
  const first = await client.send(new SendEmailCommand(simple({ subject: 'Grüße, 世界' })));
  await parts.clock.advanceBy(86_400_000);
  await client.send(
    new SendEmailCommand(simple({ from: 'desk@eu.mail.example.net', to: ['A B <a@b.example>', 'c@D.example'] })),
  );
  expect(ses.mails()).toEqual([
    {
      id: first.MessageId,
      at: '2026-01-01T00:00:00.000Z',
      from: 'Library <library@example.com>',
      to: ['reader@example.org'],
      subject: 'Grüße, 世界',
      text: 'text',
      html: '<p>html</p>',
    },
    expect.objectContaining({ at: '2026-01-02T00:00:00.000Z', to: ['a@b.example', 'c@d.example'] }),
  ]);
});

test('reads a raw mail', async () => {
  const mime = [
    'From: Library <library@example.com>',
    'To: reader@example.org',
    'Subject: =?utf-8?q?B=C3=BCcher?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'gr=C3=BCn',
    '--b',
    'Content-Type: text/html',
    '',
    '<b>x</b>',
    '--b--',
  ].join('\r\n');
  await client.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(mime) } } }));
  const mail = ses.mails().at(-1);
  expect(mail).toMatchObject({
    subject: 'Bücher',
    to: ['reader@example.org'],
    from: expect.stringContaining('library@example.com'),
  });
  expect([mail?.text.trim(), mail?.html.trim()]).toEqual(['grün', '<b>x</b>']);
});

test('renders a template, escaped in HTML only', async () => {
  const TemplateContent = { Subject: 'Hi {{ name }}', Text: '{{loan.title}}', Html: '<i>{{loan.title}}</i>' };
  await client.send(new CreateEmailTemplateCommand({ TemplateName: 't', TemplateContent }));
  const send = (data: object) =>
    client.send(
      new SendEmailCommand({
        ...simple(),
        Content: { Template: { TemplateName: 't', TemplateData: JSON.stringify(data) } },
      }),
    );
  await send({ name: 'Ann', loan: { title: '<Dune>' } });
  expect(ses.mails().at(-1)).toMatchObject({ subject: 'Hi Ann', text: '<Dune>', html: '<i>&#60;Dune&#62;</i>' });
  await expect(send({ name: 'Ann' })).rejects.toMatchObject({ name: 'MessageRejected' });
});

describe('refuses and keeps nothing of', () => {
  test.each([
    [
      'an unverified sender',
      simple({ from: 'x@other.example' }),
      'MessageRejected',
      /not verified.*US-EAST-1: x@other/,
    ],
    [
      'a sender whose domain only ends alike',
      simple({ from: 'x@evilmail.example.net' }),
      'MessageRejected',
      /not verified/,
    ],
    ['no recipient', simple({ to: [] }), 'BadRequestException', /recipient/],
    ['51 recipients', simple({ to: Array(51).fill('a@b.example') }), 'BadRequestException', /50/],
    ['an address without domain', simple({ to: ['reader'] }), 'BadRequestException', /Missing final '@domain'/],
    [
      'an address with a line break',
      simple({ to: ['a@b.example\r\nBcc: x@y.example'] }),
      'BadRequestException',
      /control/,
    ],
    [
      'two addresses in one',
      simple({ to: ['a@b.example, c@d.example'] }),
      'BadRequestException',
      /illegal|Illegal|control/,
    ],
    ['a space in the domain', simple({ to: ['a@b .example'] }), 'BadRequestException', /Domain/],
    ['a subject with a line break', simple({ subject: 'a\nBcc: x@y.example' }), 'BadRequestException', /line breaks/],
    ['an unknown configuration set', { ...simple(), ConfigurationSetName: 'none' }, 'NotFoundException', /<none>/],
    ['no content', { ...simple(), Content: {} }, 'BadRequestException', /Content/],
  ])('%s', async (_name, input, code, message) => {
    const before = ses.mails().length;
    await expect(client.send(new SendEmailCommand(input))).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(message),
    });
    expect(ses.mails()).toHaveLength(before);
  });
});

test('makes identities and configuration sets once; deploying again is harmless', async () => {
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'loans' }));
  const again = client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'loans' }));
  await expect(again).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  await parts.aws.call('sesv2', 'CreateConfigurationSet', { ConfigurationSetName: 'loans' }, { via: 'cloudformation' });
  expect(await client.send(new GetConfigurationSetCommand({ ConfigurationSetName: 'loans' }))).toMatchObject({
    ConfigurationSetName: 'loans',
  });
  expect(await client.send(new GetEmailIdentityCommand({ EmailIdentity: 'library@example.com' }))).toMatchObject({
    VerifiedForSendingStatus: true,
    IdentityType: 'EMAIL_ADDRESS',
  });
  const { EmailIdentities } = await client.send(new ListEmailIdentitiesCommand({}));
  expect(EmailIdentities?.map(({ IdentityName }) => IdentityName)).toEqual(['library@example.com', 'mail.example.net']);
});

test('mails survive a restart', () => {
  expect(new SesService(restarted(parts)).mails()).toEqual(ses.mails());
});
