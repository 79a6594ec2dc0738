import type { Collection } from '../../runtime/store';
import type { Parts } from '../parts';
import type { CorsConfiguration } from './cors';
import { ApiServer } from './server';
import type { HttpApiSpec, HttpRouteSpec } from './spec';

export interface HttpApiOptions {
  /** APIs take this port, the next one, and so on; any free ports when left out. */
  firstPort?: number;
  /** Requests that come sooner wait for it. */
  ready?: Promise<void>;
}

interface Remembered {
  readonly port: number;
  readonly firstPort?: number;
}

/**
 * Owns the HTTP APIs of API Gateway: which there are, and the port of each. Every API has a port of its own, so that
 * absolute paths in its pages work, and keeps it over restarts, so that links which were mailed stay good; only another
 * `firstPort` moves it.
 */
export class HttpApiService {
  readonly #servers = new Map<string, ApiServer>();
  readonly #ports: Collection<Remembered>;
  /** One API is placed after the other, so that no two are given the same port. */
  #placing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: Parts,
    private readonly options: HttpApiOptions = {},
  ) {
    this.#ports = parts.store.collection('http_api');
  }

  /** Makes an API, or keeps it if it is there, and listens on 127.0.0.1. Rejects when its port is in use. */
  async create(spec: HttpApiSpec): Promise<{ url: string }> {
    const placed = this.#placing.then(() => this.#servers.get(spec.id) ?? this.#place(spec));
    this.#placing = placed.catch(() => {});
    return { url: (await placed).url };
  }

  /** Adds a route to an API, or replaces the one of the same key. */
  putRoute(apiId: string, route: HttpRouteSpec): void {
    this.#server(apiId).router.put(route);
  }

  /** Has an API answer under `/<name>` too, as a stage does that is not `$default`. */
  putStage(apiId: string, name: string): void {
    this.#server(apiId).stages.add(name);
  }

  /** What an API lets pages of other origins do; nothing is answered about it when left out. */
  configureCors(apiId: string, cors: CorsConfiguration | undefined): void {
    this.#server(apiId).cors = cors;
  }

  clearRoutes(apiId: string): void {
    this.#server(apiId).router.clear();
  }

  apis(): Array<{ id: string; name: string; url: string }> {
    return [...this.#servers.values()].map(({ spec, url }) => ({ ...spec, url }));
  }

  async stop(): Promise<void> {
    await this.#placing;
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#servers.clear();
  }

  async #place(spec: HttpApiSpec): Promise<ApiServer> {
    const server = new ApiServer(spec, this.parts, this.options.ready);
    await server.listen(this.#portFor(spec.id));
    this.#servers.set(spec.id, server);
    const { firstPort } = this.options;
    await this.#ports.put(spec.id, { port: server.port, ...(firstPort !== undefined && { firstPort }) });
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

  #server(apiId: string): ApiServer {
    const server = this.#servers.get(apiId);
    if (!server) throw new Error(`There is no HTTP API '${apiId}'.`);
    return server;
  }
}
