import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredMail } from '../services/ses/mails';
import { isLoopbackHost } from '../services/wire/host';
import { LoopbackServer } from '../services/wire/loopback-server';
import { type ControlCommands, control } from './control';
import { executionPage, executionPicture } from './execution';
import { executionsPage, machinesPage, PAGE_SIZE, STATUSES, type Whose } from './executions';
import { mailboxPage, mailPage } from './mailbox';
import { messagePage } from './page';
import type { ExecutionsSource, ShownExecution } from './source';

export interface ConsoleOptions {
  readonly executions: ExecutionsSource;
  /** All mails, the newest last. */
  readonly mails: () => readonly StoredMail[];
  readonly commands: ControlCommands;
  /** What `POST /control/<command>` must carry in the header x-stepwright-control. */
  readonly token: string;
  /** A free one by default. */
  readonly port?: number;
}

interface Page {
  status: number;
  type?: string;
  headers?: Record<string, string>;
  body: string;
}

/**
 * Owns the port at which people and the command line meet a local cloud: its state machines (`/`), their executions
 * (`/executions?machine=`, `/execution?arn=`, `/execution.svg?arn=`), the mailbox (`/mail`, `/mail/<id>`, `/mail.json`) and the controls
 * (`POST /control/<command>`).
 *
 * Mails, names and data are hostile input: everything is escaped, nothing on a page runs, no other web page may read, frame or
 * call it. A page changes nothing.
 */
export class ConsoleServer {
  readonly #server = new LoopbackServer((message, response) => this.#serve(message, response));

  constructor(private readonly options: ConsoleOptions) {}

  /** Rejects with Node's EADDRINUSE when the port is taken. The URL has no trailing slash. */
  async start(): Promise<{ url: string }> {
    await this.#server.listen(this.options.port);
    return { url: this.#server.url };
  }

  stop(): Promise<void> {
    return this.#server.close();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let page: Page;
    try {
      page = await this.#answer(message);
    } catch (error) {
      process.stderr.write(`stepwright: unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`);
      page = {
        status: 500,
        body: messagePage('Something went wrong', 'The local cloud has written the reason to its log.'),
      };
    }
    if (!message.complete) response.setHeader('connection', 'close');
    const type = page.type ?? 'text/html; charset=utf-8';
    response.writeHead(page.status, { ...SECURITY_HEADERS, 'content-type': type, ...page.headers });
    response.end(message.method === 'HEAD' ? undefined : page.body);
  }

  async #answer(message: IncomingMessage): Promise<Page> {
    if (!isLoopbackHost(message.headers.host)) return problem(403, 'Only requests to 127.0.0.1 are served.');
    const [path = '/', query = ''] = (message.url ?? '/').split('?', 2);
    const command = /^\/control\/([a-z-]+)$/.exec(path)?.[1];
    if (command !== undefined) {
      if (message.method !== 'POST') return notAllowed('POST');
      const { status, body } = await control(this.options.commands, this.options.token, command, message);
      return { status, type: JSON_TYPE, body: JSON.stringify(body) };
    }
    const page = (await this.#executionsPage(path, new URLSearchParams(query))) ?? this.#mailPage(path);
    if (!page) return problem(404, 'There is no such page.');
    return message.method === 'GET' || message.method === 'HEAD' ? page : notAllowed('GET, HEAD');
  }

  async #executionsPage(path: string, query: URLSearchParams): Promise<Page | undefined> {
    const { executions } = this.options;
    if (path === '/') return { status: 200, body: machinesPage(await executions.machines(), executions.now()) };
    if (path === '/executions') {
      const run = query.get('run');
      const whose: Whose = run === null ? { machine: query.get('machine') ?? '' } : { run };
      const asked = query.get('status') || undefined;
      const status = STATUSES.find((one) => one === asked);
      if (status !== asked) return problem(400, `There is no status '${asked}', but ${STATUSES.join(', ')}.`);
      const before = positive(query.get('before'));
      const found = await executions.list(whose, { status, before, limit: PAGE_SIZE });
      const isFirst = before === undefined;
      return found && { status: 200, body: executionsPage({ whose, status, executions: found, isFirst }) };
    }
    if (path !== '/execution' && path !== '/execution.svg') return undefined;
    const found = await executions.find(query.get('arn') ?? '');
    if (!found) return undefined;
    if (path === '/execution.svg') return picture(found);
    const hide = (text: string) => executions.withoutTokens(text);
    return { status: 200, body: executionPage(found, positive(query.get('from')) ?? 1, executions.now(), hide) };
  }

  #mailPage(path: string): Page | undefined {
    if (path === '/mail') return { status: 200, body: mailboxPage(this.options.mails()) };
    if (path === '/mail.json') return { status: 200, type: JSON_TYPE, body: JSON.stringify(this.options.mails()) };
    const id = /^\/mail\/([^/]+)$/.exec(path)?.[1];
    const mail = this.options.mails().find((one) => encodeURIComponent(one.id) === id);
    return mail && { status: 200, body: mailPage(mail) };
  }
}

/** A whole number above 0; undefined for anything else. */
function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Styles and images that a mail brings along are shown, nothing is fetched and nothing runs. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

function picture(shown: ShownExecution): Page {
  const { TooLargeToDraw } = require('../picture/svg') as typeof import('../picture/svg');
  try {
    return { status: 200, type: 'image/svg+xml', body: executionPicture(shown) };
  } catch (error) {
    if (error instanceof TooLargeToDraw) return problem(404, error.message);
    throw error;
  }
}

function problem(status: number, sentence: string): Page {
  return { status, body: messagePage(status === 404 ? 'Not found' : 'Refused', sentence) };
}

function notAllowed(allow: string): Page {
  return { ...problem(405, 'This address does not take that method.'), headers: { allow } };
}
