import type { Collection } from '../../runtime/store';
import type { Parts } from '../parts';
import { type Api, ApiServer } from './server';

export interface ApiServersOptions {
  /** APIs take this port, the next one, and so on; any free ports when left out. */
  firstPort?: number | undefined;
  /** Requests that come sooner wait for it. */
  ready?: Promise<void> | undefined;
}

interface Remembered {
  readonly port: number;
  readonly firstPort?: number;
}

/**
 * Owns the servers of APIs, HTTP and REST APIs alike: which there are, and the port of each. Every API has a port of its own, so that
 * absolute paths in its pages work, and keeps it over restarts, so that links which were mailed stay good; only another
 * `firstPort` moves it.
 */
export class ApiServers {
  readonly #servers = new Map<string, ApiServer>();
  readonly #ports: Collection<Remembered>;
  /** One API is placed after the other, so that no two are given the same port. */
  #placing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: Parts,
    private readonly options: ApiServersOptions = {},
  ) {
    this.#ports = parts.store.collection('http_api');
  }

  /** Serves an API on 127.0.0.1, or finds the one of its id that is served. Rejects when its port is in use. */
  async serve<T extends Api>(api: T): Promise<{ url: string; api: T }> {
    const placed = this.#placing.then(() => this.#servers.get(api.spec.id) ?? this.#place(api));
    this.#placing = placed.catch(() => {});
    const server = await placed;
    return { url: server.url, api: server.api as T };
  }

  /** With the URLs under which their resources are. */
  apis(): Array<{ id: string; name: string; url: string }> {
    return [...this.#servers.values()].map(({ api, url }) => ({
      id: api.spec.id,
      name: api.spec.name,
      url: `${url}${api.path}`,
    }));
  }

  async stop(): Promise<void> {
    await this.#placing;
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#servers.clear();
  }

  async #place(api: Api): Promise<ApiServer> {
    const server = new ApiServer(api, this.parts, this.options.ready);
    const { id } = api.spec;
    await server.listen(this.#portFor(id));
    this.#servers.set(id, server);
    const { firstPort } = this.options;
    await this.#ports.put(id, { port: server.port, ...(firstPort !== undefined && { firstPort }) });
    return server;
  }

  #portFor(apiId: string): number {
    const { firstPort } = this.options;
    const remembered = this.#ports.get(apiId);
    if (remembered && remembered.firstPort === firstPort) return remembered.port;
    if (firstPort === undefined) return 0;
    const others = this.#ports.list().filter(({ key }) => key !== apiId);
    const taken = new Set(others.map(({ value }) => value.port));
    let port = firstPort;
    while (taken.has(port)) port += 1;
    return port;
  }
}
