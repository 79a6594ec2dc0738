import type { Parts } from '../parts';
import type { CorsConfiguration } from './cors';
import { HttpApi } from './http-api';
import type { ApiServers } from './servers';
import type { ApiSpec, HttpRouteSpec } from './spec';

/** Owns the HTTP APIs of API Gateway: which there are, and what each serves. */
export class HttpApiService {
  readonly #apis = new Map<string, HttpApi>();

  constructor(
    private readonly parts: Parts,
    private readonly servers: ApiServers,
  ) {}

  /** Makes an API, or keeps it if it is there, and listens on 127.0.0.1. Rejects when its port is in use. */
  async create(spec: ApiSpec): Promise<{ url: string }> {
    const { url, api } = await this.servers.serve(new HttpApi(spec, this.parts));
    this.#apis.set(spec.id, api);
    return { url };
  }

  /** Adds a route to an API, or replaces the one of the same key. */
  putRoute(apiId: string, route: HttpRouteSpec): void {
    this.#api(apiId).router.put(route);
  }

  /** Has an API answer under `/<name>` too, as a stage does that is not `$default`. */
  putStage(apiId: string, name: string): void {
    this.#api(apiId).stages.add(name);
  }

  /** What an API lets pages of other origins do; nothing is answered about it when left out. */
  configureCors(apiId: string, cors: CorsConfiguration | undefined): void {
    this.#api(apiId).cors = cors;
  }

  clearRoutes(apiId: string): void {
    this.#api(apiId).router.clear();
  }

  #api(apiId: string): HttpApi {
    const api = this.#apis.get(apiId);
    if (!api) throw new Error(`There is no HTTP API '${apiId}'.`);
    return api;
  }
}
