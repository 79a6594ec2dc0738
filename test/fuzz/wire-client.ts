import { request } from 'node:http';
import { signer } from '../services/wire/signing';

export interface Sent {
  service: string;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Sends the body in chunks of so many bytes instead of telling its length. */
  chunk?: number;
  /** Breaks the connection after so many bytes of the body. */
  cutAt?: number;
  /** Leaves after so many ms without an answer. */
  patience?: number;
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** Sends a signed request as it is, however strange; undefined when it was cut off or nobody waited longer. */
export async function send(url: string, sent: Sent): Promise<Answered | undefined> {
  const { hostname, port, host } = new URL(url);
  const { method = 'POST', path = '/', body = '' } = sent;
  const [pathname = '/', search = ''] = path.split('?', 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const signed = await signer(sent.service).sign(
    {
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      query,
      headers: { host, ...sent.headers },
      body,
    },
    { signingDate: new Date('2026-01-01T00:00:00Z') },
  );
  const bytes = Buffer.from(body);
  const length: Record<string, string> = sent.chunk === undefined ? { 'content-length': String(bytes.length) } : {};
  return new Promise((resolve, reject) => {
    const message = request({ hostname, port, method, path, headers: { ...signed.headers, ...length } });
    const leave = () => {
      resolve(undefined);
      message.destroy();
    };
    if (sent.patience !== undefined) message.setTimeout(sent.patience, leave);
    message.once('error', (error) => (sent.cutAt === undefined ? reject(error) : resolve(undefined)));
    message.once('response', async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
    });
    if (sent.cutAt !== undefined) {
      message.write(bytes.subarray(0, Math.min(sent.cutAt, bytes.length - 1)), () => message.destroy());
      return;
    }
    for (let at = 0; sent.chunk !== undefined && at < bytes.length; at += sent.chunk) {
      message.write(bytes.subarray(at, at + sent.chunk));
    }
    message.end(sent.chunk === undefined ? bytes : undefined);
  });
}
