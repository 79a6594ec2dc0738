import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cloud } from '../assembly/cloud';
import { isLoopbackHost } from '../services/wire/host';

/** What moving the clock brought about. Times are virtual ms since the epoch. */
export interface ClockReport {
  readonly now: number;
  /** When the next timer is due, if there is one. */
  readonly nextDue?: number;
  /** Mails that were sent meanwhile. */
  readonly mails: ReadonlyArray<{ readonly to: string; readonly subject: string }>;
}

/**
 * Owns the way by which other commands move the clock of a running local cloud: `GET /clock`, `POST /clock/next`,
 * `POST /clock/advance` {`milliseconds`}. Only who can read endpoints.json knows its token.
 */
export class ControlServer {
  readonly #token = randomBytes(32).toString('hex');
  readonly #server: Server;

  constructor(private readonly cloud: Cloud) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port of 127.0.0.1. */
  async start(): Promise<{ url: string; token: string }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return { url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, token: this.#token };
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    try {
      if (!isLoopbackHost(request.headers.host) || !this.#isAuthorised(request))
        return answer(403, { message: 'Forbidden' });
      const action = `${request.method} ${request.url}`;
      if (action === 'GET /clock') return answer(200, this.#report(this.#mailCount()));
      if (action === 'POST /clock/next') return answer(200, await this.#move(() => this.cloud.clock.advanceToNext()));
      if (action === 'POST /clock/advance') {
        const milliseconds = await readMilliseconds(request);
        if (milliseconds === undefined) return answer(400, { message: "'milliseconds' is not a positive number." });
        return answer(200, await this.#move(() => this.cloud.clock.advanceBy(milliseconds)));
      }
      answer(404, { message: 'Not found' });
    } catch (error) {
      answer(500, { message: (error as Error).message });
    }
  }

  async #move(move: () => Promise<unknown>): Promise<ClockReport> {
    const before = this.#mailCount();
    await move();
    return this.#report(before);
  }

  #report(mailsBefore: number): ClockReport {
    const { clock, services } = this.cloud;
    const nextDue = clock.nextDue();
    return {
      now: clock.now(),
      ...(nextDue !== undefined && { nextDue }),
      mails: services.ses
        .mails()
        .slice(mailsBefore)
        .map(({ to, subject }) => ({ to: [to].flat().join(', '), subject })),
    };
  }

  #mailCount(): number {
    return this.cloud.services.ses.mails().length;
  }

  #isAuthorised(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.#token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

/** Reads a small JSON body; undefined when it does not hold what it should. */
async function readMilliseconds(request: IncomingMessage): Promise<number | undefined> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 1000) return undefined;
  }
  try {
    const { milliseconds } = JSON.parse(body);
    return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds : undefined;
  } catch {
    return undefined;
  }
}
