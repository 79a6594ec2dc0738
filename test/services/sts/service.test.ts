import { sessionToken } from '../../../local/services/role-session';
import { signRequest } from '../../../local/services/sigv4';
import { StsService } from '../../../local/services/sts/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, testParts } from '../wire/parts';

const parts = testParts();
parts.aws.register(new StsService(parts));
const wire = new WireServer(parts, {});
let endpoint: string;

beforeAll(async () => {
  endpoint = (await wire.start()).url;
});

afterAll(() => wire.stop());

/** What the AWS CLI sends for `aws <service> <operation>` of a service that speaks Query. */
async function query(service: string, operation: string, token?: string): Promise<{ status: number; text: string }> {
  const url = new URL('/', endpoint);
  const body = `Action=${operation}&Version=2011-06-15`;
  const request = {
    method: 'POST',
    url,
    headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: Buffer.from(body),
  };
  const headers = signRequest(
    request,
    { ...identity, sessionToken: token },
    { service, region: identity.region, now: Date.now() },
  );
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

test('tells who is calling', async () => {
  const { status, text } = await query('sts', 'GetCallerIdentity');
  expect(status).toBe(200);
  expect(text).toContain('<Account>123456789012</Account>');
  expect(text).toContain('<Arn>arn:aws:iam::123456789012:user/stepwright</Arn>');
});

test('tells a function that it is a session of its role', async () => {
  const roleArn = 'arn:aws:iam::123456789012:role/app/Worker';
  const token = sessionToken({
    roleArn,
    sessionName: 'greet',
    holder: 'arn:aws:lambda:us-east-1:123456789012:function:greet',
  });
  const { text } = await query('sts', 'GetCallerIdentity', token);
  expect(text).toContain('<Arn>arn:aws:sts::123456789012:assumed-role/Worker/greet</Arn>');
  expect(text).toContain(':greet</UserId>');
});

test.each(['', 'FwoGZXIvYXdzEBYaDkSessionOfAws', 'stepwright.e30', 'stepwright.%%%', 'stepwright.WyJhIiwiYiIsImMiXQ'])(
  "takes a token that is none of its own, %j, for the developer's",
  async (token) => {
    const { status, text } = await query('sts', 'GetCallerIdentity', token);
    expect(status).toBe(200);
    expect(text).toContain('user/stepwright');
  },
);

test('refuses what is not run in the form that its callers read', async () => {
  const assume = await query('sts', 'AssumeRole');
  expect(assume).toMatchObject({ status: 400, text: expect.stringContaining('<Code>InvalidAction</Code>') });
  const unknown = await query('cloudformation', 'ListStacks');
  expect(unknown).toMatchObject({ status: 501, text: expect.stringContaining('<Code>UnknownService</Code>') });
  expect(unknown.text).toContain("The local cloud does not run the service 'cloudformation'.");
});
