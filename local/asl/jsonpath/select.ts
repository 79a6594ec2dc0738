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
    const next: Json[] = [];
    for (const node of nodes) {
      const before = next.length;
      apply(node, segment, root, deep, next);
      spend(1 + next.length - before);
    }
    nodes = next;
  }
  // Several names at the end of an otherwise definite path make one object of them, as in Jayway.
  const last = segments.at(-1);
  const merges =
    last?.kind === 'properties' && segments.slice(0, -1).every((s) => s.kind === 'property' || s.kind === 'index');
  return merges ? (nodes[0] ?? {}) : nodes;
}

/** Puts what a segment finds from `node` behind what is `found`. */
function apply(node: Json, segment: Segment, root: Json, deep: boolean, found: Json[]): void {
  switch (segment.kind) {
    case 'property':
    case 'index': {
      const child = step(node, segment);
      if (child !== undefined) found.push(child);
      return;
    }
    case 'properties':
      if (isObject(node)) found.push(pick(node, segment.names));
      return;
    case 'indexes':
      if (!Array.isArray(node)) return;
      for (const i of segment.indexes) {
        const item = node.at(i);
        if (item !== undefined) found.push(item);
      }
      return;
    case 'slice':
      if (Array.isArray(node)) append(slice(node, segment.from, segment.to), found);
      return;
    case 'wildcard':
      append(children(node), found);
      return;
    case 'filter':
      // Behind `..` every node comes by itself, so that an array's items must not be tested twice.
      for (const item of Array.isArray(node) ? (deep ? [] : node) : [node]) {
        spend(1);
        if (passes(segment.test, item, root)) found.push(item);
      }
      return;
    case 'scan':
      addDescendants(node, found);
      return;
  }
}

/** Not `push(...)`, whose arguments have to fit on the stack. */
function append(items: readonly Json[], found: Json[]): void {
  for (const item of items) found.push(item);
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

/** Finds the node and all objects and arrays below it, parents first. Without recursion: documents may be deep. */
function addDescendants(node: Json, found: Json[]): void {
  const stack = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    found.push(next);
    const below = children(next);
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i] as Json;
      if (typeof child === 'object' && child !== null) stack.push(child);
    }
  }
}
