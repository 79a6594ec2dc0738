import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Serve = (message: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Connections that may wait to be accepted, should so many come at once; the system resets what is more, and may allow fewer. */
const BACKLOG = 4096;

/** Owns a port that only this machine reaches, and the connections to it. What it serves is `serve`'s, which must not reject. */
export class LoopbackServer {
  readonly #server: Server;

  constructor(serve: Serve) {
    this.#server = createServer((message, response) => void serve(message, response));
    // Longer than clients keep idle connections, or they would meet one that just closed.
    this.#server.keepAliveTimeout = 65_000;
  }

  /** Where it listens; without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Listens on 127.0.0.1, on any free port when it is 0; rejects with Node's EADDRINUSE when the port is taken. */
  listen(port = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, resolve);
    });
  }

  /** Ends the listening and all connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
