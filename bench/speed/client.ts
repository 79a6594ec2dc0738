import { connect, type Socket } from 'node:net';
import { signRequest } from '../../local/services/sigv4';

/**
 * Owns how the benchmark calls an endpoint: AWS JSON 1.0 over sockets that are kept open, one request at a time on each.
 * It reads no more of HTTP than the two servers write (a status, a content-length), so that it is not what is measured.
 */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of some operations; each caller knows its own.
export type Answer = any;

export class Endpoint {
  readonly #url: URL;
  readonly #idle: Connection[] = [];

  /** @param keys sign each request with them; without, a header of the right form is sent, for servers that take any */
  constructor(
    url: string,
    private readonly keys?: Keys,
  ) {
    this.#url = new URL(url);
  }

  /** Calls an operation of Step Functions. Rejects with the error's name and text. */
  async call(operation: string, input: object): Promise<Answer> {
    const connection = this.#idle.pop() ?? new Connection(this.#url);
    const body = JSON.stringify(input);
    const { status, text } = await connection.send(this.#headers(operation, body), body);
    this.#idle.push(connection);
    const answer = JSON.parse(text);
    if (status !== 200) throw new Error(`${operation}: ${answer.__type}: ${answer.message}`);
    return answer;
  }

  close(): void {
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  #headers(operation: string, body: string): Record<string, string> {
    const headers = {
      host: this.#url.host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${operation}`,
    };
    if (!this.keys) return { ...headers, ...UNSIGNED };
    const request = { method: 'POST', url: this.#url, headers, body: Buffer.from(body) };
    return signRequest(request, this.keys, { service: 'states', region: 'us-east-1', now: Date.now() });
  }
}

const UNSIGNED = {
  'x-amz-date': '20260101T000000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
};

interface Reply {
  readonly status: number;
  readonly text: string;
}

class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (data) => this.#receive(data));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')));
  }

  send(headers: Record<string, string>, body: string): Promise<Reply> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`POST / HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`);
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #receive(data: Buffer): void {
    this.#received = this.#received.length > 0 ? Buffer.concat([this.#received, data]) : data;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const from = end + 4;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (this.#received.length < from + length) return;
    const reply = { status: Number(head.slice(9, 12)), text: this.#received.toString('utf8', from, from + length) };
    this.#received = Buffer.alloc(0);
    this.#waiting?.resolve(reply);
  }
}
