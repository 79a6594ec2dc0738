import type { JsonObject } from '../../../asl/json';
import type { WireProtocol } from '../../aws';
import type { Parts } from '../../parts';
import type { ApiServers } from '../servers';
import { RestApi } from './api';
import type { RestApiSpec, RestMethodSpec, RestResourceSpec, RestStage } from './spec';

/** Owns the REST APIs of API Gateway: which there are, and what each serves. */
export class RestApiService {
  readonly #apis = new Map<string, RestApi>();

  constructor(
    private readonly parts: Parts,
    private readonly servers: ApiServers,
  ) {}

  /** Makes an API, or keeps it if it is there, and listens on 127.0.0.1. Rejects when its port is in use. */
  async create(spec: RestApiSpec): Promise<{ url: string }> {
    const { url, api } = await this.servers.serve(new RestApi(spec, this.parts));
    this.#apis.set(spec.id, api);
    return { url };
  }

  putResource(apiId: string, resource: RestResourceSpec): void {
    this.#api(apiId).router.putResource(resource);
  }

  /** Adds a method to a resource, or replaces it. */
  putMethod(apiId: string, resourceId: string, httpMethod: string, method: RestMethodSpec): void {
    this.#api(apiId).router.putMethod(resourceId, httpMethod, method);
  }

  /** Adds a model of bodies, a JSON schema of draft 4, or replaces it. */
  putModel(apiId: string, name: string, schema: JsonObject): void {
    this.#api(apiId).models.set(name, schema);
  }

  hasModel(apiId: string, name: string): boolean {
    return this.#api(apiId).models.has(name);
  }

  /** How the actions of a service are spoken to that integrations may name, 'states'; undefined for one that is not run. */
  protocolOf(signingName: string): WireProtocol['kind'] | undefined {
    const protocol = this.parts.aws.bySigningName(signingName)?.protocol;
    return protocol?.kind === 'json' && protocol.query ? 'query' : protocol?.kind;
  }

  /** Serves all that the API has under the stage's name. */
  putStage(apiId: string, stage: RestStage): void {
    this.#api(apiId).putStage(stage);
  }

  #api(apiId: string): RestApi {
    const api = this.#apis.get(apiId);
    if (!api) throw new Error(`There is no REST API '${apiId}'.`);
    return api;
  }
}
