import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Lambda API outside the engine (LAMBDA_ENDPOINT): what tasks call, and the witness of which calls were made. */
export class LambdaEndpoint {
  private constructor(
    readonly url: string,
    readonly close: () => void,
  ) {}

  /** @param answer the function's result, by its name, its event, and what stood between the URL and the API's own path */
  static async start(
    answer: (functionName: string, event: Record<string, string>, prefix: string) => object,
  ): Promise<LambdaEndpoint> {
    const server = createServer((message, response) => {
      const parts: Buffer[] = [];
      message.on('data', (part: Buffer) => parts.push(part));
      message.on('end', () => {
        const path = decodeURIComponent(message.url ?? '');
        const [, prefix = '', name = ''] =
          /^(?:\/(\w+))?\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(path) ?? [];
        const result = answer(name.split(':').pop() as string, JSON.parse(Buffer.concat(parts).toString()), prefix);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    return new LambdaEndpoint(`http://127.0.0.1:${port}`, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}
