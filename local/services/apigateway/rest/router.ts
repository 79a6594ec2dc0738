import { bySegments, fitted, type Segment, segmentsOf } from '../path-segments';
import type { RestMethodSpec, RestResourceSpec } from './spec';

/** A request's method and what its path's variables stand for, as sent: REST APIs do not decode them. */
export interface RestMatch {
  readonly resourceId: string;
  /** '/loans/{id}' */
  readonly resourcePath: string;
  readonly method: RestMethodSpec;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Resource {
  readonly id: string;
  readonly path: string;
  readonly segments: readonly Segment[];
  readonly methods: Map<string, RestMethodSpec>;
}

/**
 * Owns which method of a REST API a request takes. Its path chooses a resource among those that have methods: from left to right, what
 * is static before what is variable, and that before what is greedy; then the method is the resource's own, or its ANY, or there is none.
 * A slash at the end makes no difference.
 */
export class RestRouter {
  readonly #resources = new Map<string, Resource>();
  /** Those with methods, the most specific first. */
  #order: Resource[] | undefined;

  constructor(rootId: string) {
    this.#put(rootId, '/');
  }

  /** @throws Error where there is no resource above it */
  putResource({ id, parentId, pathPart }: RestResourceSpec): void {
    const { path } = this.#resource(parentId);
    this.#put(id, `${path === '/' ? '' : path}/${pathPart}`);
  }

  /** @param httpMethod 'GET', or 'ANY' for all that the resource has not */
  putMethod(resourceId: string, httpMethod: string, method: RestMethodSpec): void {
    this.#resource(resourceId).methods.set(httpMethod, method);
    this.#order = undefined;
  }

  has(resourceId: string): boolean {
    return this.#resources.has(resourceId);
  }

  pathOf(resourceId: string): string {
    return this.#resource(resourceId).path;
  }

  /** @param path below the stage, as sent */
  match(httpMethod: string, path: string): RestMatch | undefined {
    const parts = path.replace(/\/$/, '').slice(1).split('/');
    for (const { id, path: resourcePath, segments, methods } of this.#ordered()) {
      const found = fitted(segments, parts);
      if (!found) continue;
      const method = methods.get(httpMethod) ?? methods.get('ANY');
      const named = Object.entries(found).map(([name, values]) => [name, values.join('/')]);
      return method && { resourceId: id, resourcePath, method, pathParameters: Object.fromEntries(named) };
    }
    return undefined;
  }

  #put(id: string, path: string): void {
    this.#resources.set(id, { id, path, segments: segmentsOf(path), methods: new Map() });
  }

  #resource(id: string): Resource {
    const resource = this.#resources.get(id);
    if (!resource) throw new Error(`There is no resource '${id}'.`);
    return resource;
  }

  #ordered(): Resource[] {
    this.#order ??= [...this.#resources.values()]
      .filter(({ methods }) => methods.size > 0)
      .sort((a, b) => bySegments(a.segments, b.segments));
    return this.#order;
  }
}
