/** Owns the paths of routes and resources: '/loans/{id}/{rest+}' as segments, and which of a request's parts each takes. Pure. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

const RANK = { static: 0, variable: 1, greedy: 2 } as const;

/** @param path of a route or a resource: '/loans/{id}' */
export function segmentsOf(path: string): Segment[] {
  return path.slice(1).split('/').map(segmentOf);
}

function segmentOf(text: string): Segment {
  const variable = /^\{([^}+]+)(\+?)\}$/.exec(text);
  if (!variable) return { kind: 'static', text };
  return { kind: variable[2] ? 'greedy' : 'variable', name: variable[1] as string };
}

/**
 * By the names of variables, the parts that each stands for; undefined when the path is another. A greedy variable takes all that are
 * left, at least one character.
 * @param parts of the request's path, as sent: what is static is compared decoded
 */
export function fitted(segments: readonly Segment[], parts: readonly string[]): Record<string, string[]> | undefined {
  const found: Record<string, string[]> = {};
  for (const [at, segment] of segments.entries()) {
    const part = parts[at];
    if (segment.kind === 'greedy') {
      const rest = parts.slice(at);
      if (rest.join('/') === '') return undefined;
      found[segment.name] = rest;
      return found;
    }
    if (part === undefined) return undefined;
    if (segment.kind === 'static') {
      if (decoded(part) !== segment.text) return undefined;
    } else {
      if (part === '') return undefined;
      found[segment.name] = [part];
    }
  }
  return segments.length === parts.length ? found : undefined;
}

/** The more specific path first, which is the longer one if both begin alike. */
export function bySegments(a: readonly Segment[], b: readonly Segment[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = rankAt(a, at) - rankAt(b, at);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rankAt(segments: readonly Segment[], at: number): number {
  const segment = segments[at];
  return segment ? RANK[segment.kind] : RANK.greedy + 1;
}

/** A malformed escape is left as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
