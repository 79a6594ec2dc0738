import { isObject, type Json } from '../json';
import { spend } from './effort';
import { FUNCTIONS } from './functions';
import type { Path, Segment } from './path';
import { passes } from './test';

/**
 * What a path finds from `start`; undefined if it is definite and leads nowhere. `root` is what `$` means in filters.
 * An indefinite path never fails: what does not fit is left out, and nothing at all gives [].
 */
export function select(path: Path, start: Json, root: Json): Json | undefined {
  const found = path.definite ? follow(path.segments, start) : spread(path.segments, start, root);
  return path.fn === undefined || found === undefined ? found : FUNCTIONS[path.fn](found);
}

/** The hot path: fields and indexes only. */
function follow(segments: readonly Segment[], start: Json): Json | undefined {
  let node: Json | undefined = start;
  for (const segment of segments) {
    node = step(node, segment);
    if (node === undefined) return undefined;
  }
  return node;
}

/** One definite step down, or undefined. */
export function step(node: Json, segment: Segment): Json | undefined {
  if (segment.kind === 'property') {
    return isObject(node) && Object.hasOwn(node, segment.name) ? node[segment.name] : undefined;
  }
  return segment.kind === 'index' && Array.isArray(node) ? node.at(segment.index) : undefined;
}

function spread(segments: readonly Segment[], start: Json, root: Json): Json {
  let nodes: Json[] = [start];
  for (const [i, segment] of segments.entries()) {
    const deep = segments[i - 1]?.kind === 'scan';
    nodes = nodes.flatMap((node) => {
      const found = apply(node, segment, root, deep);
      spend(1 + found.length);
      return found;
    });
  }
  // Several names at the end of an otherwise definite path make one object of them, as in Jayway.
  const last = segments.at(-1);
  const merges =
    last?.kind === 'properties' && segments.slice(0, -1).every((s) => s.kind === 'property' || s.kind === 'index');
  return merges ? (nodes[0] ?? {}) : nodes;
}

function apply(node: Json, segment: Segment, root: Json, deep: boolean): Json[] {
  switch (segment.kind) {
    case 'property':
    case 'index': {
      const child = step(node, segment);
      return child === undefined ? [] : [child];
    }
    case 'properties':
      return isObject(node) ? [pick(node, segment.names)] : [];
    case 'indexes':
      return Array.isArray(node)
        ? segment.indexes.flatMap((i) => (node.at(i) === undefined ? [] : [node.at(i) as Json]))
        : [];
    case 'slice':
      return Array.isArray(node) ? slice(node, segment.from, segment.to) : [];
    case 'wildcard':
      return children(node);
    case 'filter':
      // Behind `..` every node comes by itself, so that an array's items must not be tested twice.
      return (Array.isArray(node) ? (deep ? [] : node) : [node]).filter((item) => {
        spend(1);
        return passes(segment.test, item, root);
      });
    case 'scan':
      return descendants(node);
  }
}

function pick(node: { [key: string]: Json }, names: readonly string[]): Json {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(node, name)).map((name) => [name, node[name] as Json]),
  );
}

/** Jayway's slices: a negative end counts from the array's end, but only where the beginning is not positive. */
function slice(items: Json[], from: number | undefined, to: number | undefined): Json[] {
  if (from === undefined || to === undefined) return items.slice(from ?? 0, to);
  if (from >= to) return [];
  return items.slice(from, from < 0 && to === 0 ? undefined : to);
}

function children(node: Json): Json[] {
  return Array.isArray(node) ? node : isObject(node) ? Object.values(node) : [];
}

/** The node and all objects and arrays below it, parents first. Without recursion: documents may be deep. */
function descendants(node: Json): Json[] {
  const found: Json[] = [];
  const stack = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    found.push(next);
    stack.push(...children(next).toReversed());
  }
  return found;
}
