import { request as httpRequest } from 'node:http';
import type { StepFunctions } from '../../local/assembly/step-functions';
import { ConsoleServer } from '../../local/console/server';
import { ExecutionsSource } from '../../local/console/source';
import type { StoredMail } from '../../local/services/ses/mails';
import { bootStepFunctions } from './step-functions';

const mails: StoredMail[] = [
  {
    id: 'm-1',
    at: '2026-01-01T09:30:00.000Z',
    from: 'Library <library@example.com>',
    to: ['reader@example.org', 'b@example.org'],
    subject: 'Dune is yours',
    text: 'Renew: http://127.0.0.1:5000/l/abc/renew.\n<script>alert(1)</script>',
    html: '<p style="color:red">Dune</p><a href="http://127.0.0.1:5000/l/abc/renew">Renew</a>',
  },
  {
    id: 'm/2',
    at: '2026-01-02T09:30:00.000Z',
    from: '"><img src=x onerror=alert(1)>',
    to: ['x"y@example.org'],
    subject: '</title><script>alert(1)</script>',
    text: '',
    html: '"></iframe><script>alert(1)</script>',
  },
];
const seen: object[] = [];
const commands = {
  now: async () => ({ now: '2026-01-01T00:00:00.000Z' }),
  'clock-advance': async (body: Record<string, unknown>) => {
    seen.push(body);
    if (body.by === 'never') throw new Error("'never' is no duration.");
    return { ok: true };
  },
};
let sfn: StepFunctions;
let server: ConsoleServer;
let url = '';
beforeAll(async () => {
  sfn = await bootStepFunctions();
  const executions = new ExecutionsSource(sfn.parts, sfn.states);
  server = new ConsoleServer({ executions, mails: () => mails, token: 'secret', commands });
  ({ url } = await server.start());
});
afterAll(async () => {
  await server.stop();
  await sfn.stop();
});

const get = (path: string, options: RequestInit = {}) => fetch(url + path, { redirect: 'manual', ...options });

test('the list shows the newest first, reloads by itself, and leads to each mail', async () => {
  const body = await (await get('/mail')).text();
  expect(body).toContain('http-equiv="refresh"');
  expect(body).toContain('name="viewport"');
  expect(body).toContain('2026-01-01 09:30:00 UTC');
  expect(body.indexOf('/mail/m%2F2')).toBeLessThan(body.indexOf('/mail/m-1'));
  expect(body.indexOf('/mail/m%2F2')).toBeGreaterThan(0);
});

test('a mail is shown with its HTML in a frame that runs nothing and its text with links', async () => {
  const body = await (await get('/mail/m-1')).text();
  const [, sandbox, srcdoc = ''] = /<iframe [^>]*sandbox="([^"]*)" srcdoc="([^"]*)"/.exec(body) ?? [];
  expect(sandbox?.split(' ').sort()).toEqual(['allow-popups', 'allow-popups-to-escape-sandbox']);
  const shown = srcdoc.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  expect(shown).toBe(`<!doctype html><base target="_blank">${mails[0]?.html}`);
  expect(body).toContain('<a href="http://127.0.0.1:5000/l/abc/renew" target="_blank"');
  for (const value of ['Library', 'reader@example.org, b@example.org', 'Dune is yours']) expect(body).toContain(value);
});

test.each(['/mail', '/mail/m-1', '/mail/m%2F2', '/none'])(
  '%s lets nothing of a mail become markup and nothing run',
  async (path) => {
    const response = await get(path);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
    const body = await response.text();
    expect(body).not.toMatch(/<script|<img|<\/iframe><|\son\w+=[^&]*>/i);
  },
);

test('programs read the mails as JSON', async () => {
  const response = await get('/mail.json');
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await response.json()).toEqual(mails);
});

describe('controls', () => {
  const post = (name: string, body: string, token?: string) =>
    get(`/control/${name}`, {
      method: 'POST',
      body,
      headers: token === undefined ? {} : { 'x-stepwright-control': token },
    });

  test('run for whoever has the token', async () => {
    const response = await post('clock-advance', '{"by":"14d"}', 'secret');
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    expect(seen).toEqual([{ by: '14d' }]);
    expect(await (await post('now', '', 'secret')).json()).toEqual({ now: '2026-01-01T00:00:00.000Z' });
  });

  test('are refused to anybody else, and for anything else', async () => {
    const before = seen.length;
    expect((await post('clock-advance', '{}')).status).toBe(401);
    expect((await post('clock-advance', '{}', 'Secret')).status).toBe(401);
    expect((await post('none', '{}', 'secret')).status).toBe(404);
    expect((await post('constructor', '{}', 'secret')).status).toBe(404);
    expect((await get('/control/now')).status).toBe(405);
    for (const body of ['{', '[]', 'null', '1']) expect((await post('clock-advance', body, 'secret')).status).toBe(400);
    expect(seen).toHaveLength(before);
    const failed = await post('clock-advance', '{"by":"never"}', 'secret');
    expect([failed.status, await failed.json()]).toEqual([400, { error: "'never' is no duration." }]);
  });
});

test.each([
  ['GET', '/none', 404],
  ['GET', '/mail/none', 404],
  ['GET', '/mail/%', 404],
  ['GET', '/', 200],
  ['GET', '/executions', 404],
  ['GET', '/executions?machine=none', 404],
  ['GET', '/execution?arn=%', 404],
  ['POST', '/', 405],
  ['POST', '/mail', 405],
  ['DELETE', '/mail.json', 405],
  ['HEAD', '/mail', 200],
])('%s %s answers %i', async (method, path, status) => {
  expect((await get(path, { method })).status).toBe(status);
});

test.each(['evil.example', '127.0.0.1.evil.example', '[', 'localhost:x'])('refuses the Host %j', async (host) => {
  const status = await new Promise((resolve, reject) => {
    const message = httpRequest(`${url}/mail.json`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    message.once('error', reject).end();
  });
  expect(status).toBe(403);
});
