import { Agent, request } from 'node:http';
import { patience, Stuck } from './patience';

// biome-ignore lint/suspicious/noExplicitAny: the answers of some forty operations; callers read the members they need.
export type Answer = Record<string, any>;

/** An error that the server answered, by AWS's name. Anything else (a connection that broke) is no answer at all. */
export class Answered extends Error {
  override readonly name = 'Answered';
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(`${code}: ${message}`);
  }
}

/** Speaks Step Functions' protocol to a `stepwright sfn`, which takes any signature. */
export class SfnClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #host: string;
  readonly #port: number;
  /** An answer comes in so many ms, also that of a long poll, or never will. */
  readonly #patience = patience(150);

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** Rejects with `Answered`, with `Stuck`, or with Node's error when no answer came. */
  call(operation: string, input: object): Promise<Answer> {
    const body = JSON.stringify(input);
    const headers = {
      authorization: AUTHORIZATION,
      'x-amz-date': '20260101T000000Z',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${operation}`,
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const message = request(
        { host: this.#host, port: this.#port, method: 'POST', path: '/', agent: this.#agent, headers },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const answer = parsed(Buffer.concat(parts).toString() || '{}');
            if (response.statusCode === 200 && answer) return resolve(answer);
            const code = String(answer?.__type ?? 'no JSON')
              .split('#')
              .pop() as string;
            const told = `'${answer?.message ?? ''}' to ${operation}`;
            reject(new Answered(code, told, response.statusCode ?? 0));
          });
        },
      );
      message.on('error', reject);
      message.setTimeout(this.#patience, () => message.destroy(new Stuck(`an answer to ${operation}`, this.#patience)));
      message.end(body);
    });
  }

  /** All pages of a list. */
  async all(operation: string, member: string, input: object): Promise<Answer[]> {
    const items: Answer[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.call(operation, { ...input, nextToken, maxResults: 1000 });
      items.push(...(page[member] as Answer[]));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return items;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=chaos/20260101/us-east-1/states/aws4_request, ' +
  `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
