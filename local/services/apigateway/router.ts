import { bySegments, decoded, fitted, type Segment, segmentsOf } from './path-segments';
import type { HttpRouteSpec } from './spec';

/** A request's route and what its path's variables stand for, decoded. */
export interface Match {
  readonly route: HttpRouteSpec;
  readonly pathParameters: Record<string, string>;
}

interface Compiled {
  readonly route: HttpRouteSpec;
  /** 'ANY' takes every method. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

/**
 * Owns which route of an HTTP API a request takes: a full match before one with a greedy variable, the more specific
 * path before the less specific, a route's own method before ANY, and $default when nothing else fits.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export class Router {
  /** The most specific first. */
  #routes: Compiled[] = [];
  #fallback: HttpRouteSpec | undefined;

  /** Adds a route, or replaces the one of the same key. Throws when the key is not one of API Gateway's. */
  put(route: HttpRouteSpec): void {
    if (route.routeKey === '$default') {
      this.#fallback = route;
      return;
    }
    const compiled = compile(route);
    this.#routes = this.#routes.filter((other) => other.route.routeKey !== route.routeKey);
    this.#routes.push(compiled);
    this.#routes.sort(bySpecificity);
  }

  clear(): void {
    this.#routes = [];
    this.#fallback = undefined;
  }

  /** @param path as sent, not decoded, without the query */
  match(method: string, path: string): Match | undefined {
    const parts = path.slice(1).split('/');
    for (const { route, method: own, segments } of this.#routes) {
      if (own !== 'ANY' && own !== method) continue;
      const found = fitted(segments, parts);
      if (found) return { route, pathParameters: joined(found) };
    }
    return this.#fallback && { route: this.#fallback, pathParameters: {} };
  }
}

function compile(route: HttpRouteSpec): Compiled {
  const match = /^(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\/.*)$/.exec(route.routeKey);
  if (!match) throw new Error(`Not a route key: ${route.routeKey}`);
  const [, method = '', path = ''] = match;
  return { route, method, segments: segmentsOf(path) };
}

function joined(found: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, parts]) => [name, parts.map(decoded).join('/')]));
}

function bySpecificity(a: Compiled, b: Compiled): number {
  return (
    Number(isGreedy(a)) - Number(isGreedy(b)) ||
    bySegments(a.segments, b.segments) ||
    Number(a.method === 'ANY') - Number(b.method === 'ANY')
  );
}

function isGreedy({ segments }: Compiled): boolean {
  return segments.at(-1)?.kind === 'greedy';
}
