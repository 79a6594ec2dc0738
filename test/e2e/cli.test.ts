import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { signedFetch } from '../../demo/signed-fetch';
import { assembly } from '../lib/assembly';
import { RunningCommand, stepwright } from './command';

/** The command as people run it: each in a process of its own. */
jest.setTimeout(120_000);

const directory = mkdtempSync(join(tmpdir(), 'stepwright-e2e-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('start', () => {
  let running: RunningCommand;
  let loanId: string;
  const start = () =>
    RunningCommand.start(directory, '--assembly', assembly(), '--port', '0', '--aws-port', '0', '--time-scale', '0');
  const on = (...argv: string[]) => stepwright(...argv, '--data', directory);
  const library = (method: string, path: string, body?: unknown) => {
    const { apis, credentials } = running.endpoints;
    const [name = ''] = Object.keys(apis).filter((candidate) => candidate.includes('Library'));
    return signedFetch(credentials, method, new URL(path, apis[name]), body);
  };
  const mails = async () =>
    (await (await fetch(`${running.endpoints.mail}.json`)).json()) as Array<Record<string, string>>;

  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running?.end('SIGKILL'));

  test('shows its pages as they were written', async () => {
    const page = await (await fetch(running.endpoints.console)).text();
    expect(page).toContain('<title>State machines &#183; Stepwright</title>');
    // The command is read a byte for each character (bin/compiled.mjs).
    const lines = readFileSync('dist/stepwright.js', 'latin1').split('\n');
    expect(lines.filter((line) => /[\u0080-\uffff]/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))).toEqual([]);
  });

  test('tells where everything is', () => {
    expect(running.endpoints).toEqual({
      aws: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mail: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mail$/),
      apis: {
        'StepwrightLibrary-dev': expect.any(String),
        'StepwrightLibraryLoan-dev': expect.any(String),
        'StepwrightGame-dev': expect.any(String),
        'StepwrightGameLevelComplete-dev': expect.any(String),
      },
      credentials: { accessKeyId: expect.any(String), secretAccessKey: expect.any(String), region: 'us-east-1' },
      outputs: expect.objectContaining({
        'StepwrightLibraryLoan-dev': expect.objectContaining({
          LibraryUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        }),
        'StepwrightGameLevelComplete-dev': {
          GameUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        },
      }),
      control: expect.any(Object),
      pid: running.process.pid,
    });
    for (const url of [running.endpoints.aws, running.endpoints.mail]) expect(running.stdout()).toContain(url);
    for (const name of ['GameLevelComplete', 'LibraryLoan', 'HelloWorldRetries']) {
      expect(running.stdout()).toContain(name);
    }
  });

  test('listens on 127.0.0.1 alone', () => {
    const listening = listeningAddresses(running.process.pid as number);
    expect(listening.length).toBeGreaterThanOrEqual(3);
    expect([...new Set(listening)]).toEqual(['0100007F']);
  });

  test('refuses requests meant for another host, and survives hosts that are none', async () => {
    const urls = [running.endpoints.aws, running.endpoints.mail, ...Object.values(running.endpoints.apis)];
    for (const url of urls) {
      for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '[', 'a:b:c']) {
        const status = await statusFor(url, host);
        expect({ url, host, refused: status === 403 || status === 400 }).toEqual({ url, host, refused: true });
      }
    }
    expect((await fetch(`${running.endpoints.mail}.json`)).status).toBe(200);
  });

  test('lends by POST /loans, and shows the mail', async () => {
    const loan = JSON.parse(readFileSync('examples/loan.json', 'utf8'));
    const { status, body } = await library('POST', '/loans', loan);
    expect({ status, body }).toEqual({
      status: 201,
      body: { loanId: expect.any(String), status: expect.any(String), dueAt: expect.any(String) },
    });
    loanId = body.loanId;
    await on('clock', 'advance', '1s');
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(Object.keys(mail ?? {}).sort()).toEqual(['at', 'from', 'html', 'id', 'subject', 'text', 'to']);
    expect(mail).toMatchObject({ to: [loan.customer.email], subject: expect.stringContaining(loan.title) });
  });

  test('clock advance 21d brings the reminder', async () => {
    const { code, stdout } = await on('clock', 'advance', '21d');
    expect(code).toBe(0);
    expect(stdout).toContain('is due on');
    expect((await mails()).map(({ subject }) => subject)).toContainEqual(expect.stringContaining('is due on'));
  });

  test('run greets, and fails as the example asks', async () => {
    const good = await on('run', 'hello-world-retries', '--input', 'examples/hello-ok.json', '--wait');
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/SUCCEEDED\n.*Hello, Ada!/) });
    const broken = await on('run', 'HelloWorldRetries', '--input', 'examples/hello-broken.json', '--wait');
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED\nBrokenError') });
    const malformed = await on('run', 'GameLevelComplete', '--input', 'examples/level-malformed.json', '--wait');
    expect(malformed).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED\nInvalidEvent') });
    expect(malformed.stdout).toMatch(
      /^arn:.*:express:.*\n {2}CheckEvent, IsEventWellFormed, RejectEvent, InvalidEvent; /,
    );
  });

  test('killed and started again keeps clock, mails, loan and links', async () => {
    const before = {
      mails: await mails(),
      loan: (await library('GET', `/loans/${loanId}`)).body,
      now: (await on('clock', 'now')).stdout,
    };
    expect(await running.end('SIGKILL')).toBeNull();
    const { code, stderr } = await on('clock', 'now');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('No local cloud is running') });
    running = await start();
    const after = {
      mails: await mails(),
      loan: (await library('GET', `/loans/${loanId}`)).body,
      now: (await on('clock', 'now')).stdout,
    };
    expect(after).toEqual(before);
    const link = before.mails[0]?.text?.match(/https?:\S+\/renew/)?.[0] ?? '';
    expect((await fetch(link)).status).toBe(200);
    await on('clock', 'advance', '8d');
    expect((await mails()).map(({ subject }) => subject)).toContainEqual(expect.stringContaining('overdue'));
  });

  test('refuses a second one on the same data', async () => {
    const { code, stderr } = await on('start', '--assembly', assembly(), '--port', '0', '--aws-port', '0');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('runs a local cloud on') });
  });

  test('ends in order on SIGTERM', async () => {
    expect(await running.end('SIGTERM')).toBe(0);
    expect(existsSync(join(directory, 'endpoints.json'))).toBe(false);
  });
});

describe('what cannot be done gets one clear sentence', () => {
  const fresh = () => mkdtempSync(join(directory, 'case-'));
  const free = ['--port', '0', '--aws-port', '0'];
  const small = () => writeAssembly({ artifacts: {} });

  /** A cloud assembly with this manifest, and perhaps a template. */
  function writeAssembly(manifest: object | string, template?: string): string {
    const at = fresh();
    const text = typeof manifest === 'string' ? manifest : JSON.stringify({ version: '55.0.0', ...manifest });
    writeFileSync(join(at, 'manifest.json'), text);
    if (template !== undefined) writeFileSync(join(at, 'T.template.json'), template);
    return at;
  }
  const artifacts = { T: { type: 'aws:cloudformation:stack', properties: { templateFile: 'T.template.json' } } };

  /** A data directory whose store was written by another version. */
  function otherVersion(): string {
    const at = fresh();
    const db = new Database(join(at, 'store.db'));
    db.exec('CREATE TABLE something (id INTEGER); PRAGMA user_version = 999');
    db.close();
    return at;
  }

  test.each<[string, () => string[], number, RegExp]>([
    ['an unknown command', () => ['strat'], 2, /There is no command 'strat'/],
    [
      'a corrupt manifest',
      () => ['start', ...free, '--memory', '--data', fresh(), '--assembly', writeAssembly('{"version":')],
      1,
      /manifest\.json/,
    ],
    [
      'a corrupt template',
      () => [
        'start',
        ...free,
        '--memory',
        '--data',
        fresh(),
        '--assembly',
        writeAssembly({ artifacts }, '{"Resources": ['),
      ],
      1,
      /T\.template\.json/,
    ],
    [
      'a data directory of another version',
      () => ['start', ...free, '--data', otherVersion(), '--assembly', small()],
      1,
      /has format 999/,
    ],
  ])('%s', async (_, argv, code, sentence) => {
    const result = await stepwright(...argv());
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(sentence) });
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  test('a data directory that is a file', async () => {
    const file = join(fresh(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await stepwright('start', ...free, '--data', file, '--assembly', small());
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(file) });
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('a port in use, for each of its purposes', async () => {
    const things = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Things', ProtocolType: 'HTTP' } };
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => taken.once('listening', listening));
    const { port } = taken.address() as AddressInfo;
    try {
      for (const [ports, purpose] of [
        [['--port', port, '--aws-port', 0], 'the console'],
        [['--port', port - 1, '--aws-port', 0], "the HTTP API 'Things'"],
        [['--port', 0, '--aws-port', port], 'the AWS APIs'],
      ] as const) {
        const data = fresh();
        const withApi = writeAssembly({ artifacts }, JSON.stringify({ Resources: { ThingsApi: things } }));
        const argv = ['start', ...ports.map(String), '--data', data, '--assembly', withApi];
        const { code, stderr } = await stepwright(...argv);
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringMatching(
            new RegExp(
              `^stepwright: Port ${port}, for ${purpose}, is in use.*\\n.*start --help' tells how another port`,
            ),
          ),
        });
        expect(existsSync(join(data, 'endpoints.json'))).toBe(false);
      }
    } finally {
      taken.close();
    }
  });
});

/** The local addresses, as /proc/net writes them, on which a process and its children listen. */
function listeningAddresses(pid: number): string[] {
  const inodes = new Set(family(pid).flatMap(sockets));
  return ['tcp', 'tcp6'].flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] as string))
      .map((fields) => (fields[1] as string).split(':')[0] as string),
  );
}

function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

function sockets(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** The status of a GET that names another host than the one it is sent to. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((done, failed) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    })
      .once('error', failed)
      .end();
  });
}
