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

type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

const RANK = { static: 0, variable: 1, greedy: 2 } as const;

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
    const parts = path.slice(1).split('/').map(decoded);
    for (const { route, method: own, segments } of this.#routes) {
      if (own !== 'ANY' && own !== method) continue;
      const pathParameters = fitted(segments, parts);
      if (pathParameters) return { route, pathParameters };
    }
    return this.#fallback && { route: this.#fallback, pathParameters: {} };
  }
}

function compile(route: HttpRouteSpec): Compiled {
  const match = /^(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\/.*)$/.exec(route.routeKey);
  if (!match) throw new Error(`Not a route key: ${route.routeKey}`);
  const [, method = '', path = ''] = match;
  return { route, method, segments: path.slice(1).split('/').map(segmentOf) };
}

function segmentOf(text: string): Segment {
  const variable = /^\{([^}+]+)(\+?)\}$/.exec(text);
  if (!variable) return { kind: 'static', text };
  return { kind: variable[2] ? 'greedy' : 'variable', name: variable[1] as string };
}

function fitted(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const part = parts[at];
    if (segment.kind === 'greedy') {
      const rest = parts.slice(at).join('/');
      if (rest === '') return undefined;
      found[segment.name] = rest;
      return found;
    }
    if (part === undefined) return undefined;
    if (segment.kind === 'static') {
      if (part !== segment.text) return undefined;
    } else {
      if (part === '') return undefined;
      found[segment.name] = part;
    }
  }
  return segments.length === parts.length ? found : undefined;
}

function bySpecificity(a: Compiled, b: Compiled): number {
  const greedy = Number(isGreedy(a)) - Number(isGreedy(b));
  if (greedy !== 0) return greedy;
  for (let at = 0; at < Math.max(a.segments.length, b.segments.length); at++) {
    const difference = rankAt(a, at) - rankAt(b, at);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function isGreedy({ segments }: Compiled): boolean {
  return segments.at(-1)?.kind === 'greedy';
}

/** The longer path is the more specific. */
function rankAt({ segments }: Compiled, at: number): number {
  const segment = segments[at];
  return segment ? RANK[segment.kind] : RANK.greedy + 1;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
