import { isObject, type Json } from '../json';
import type { Path, Segment } from './path';
import { step } from './select';

/** Where and why a definite path broke off, in the words that AWS passes on from its JSONPath library. */
export function explain(path: Path, start: Json): string {
  let node = start;
  let walked = '$';
  for (const [i, segment] of path.segments.entries()) {
    const here = walked + fragment(segment);
    const next = step(node, segment);
    if (next === undefined) return why(node, segment, walked, here, i === path.segments.length - 1);
    node = next;
    walked = here;
  }
  return `No results for path: ${walked}`;
}

function why(node: Json, segment: Segment, walked: string, here: string, last: boolean): string {
  if (segment.kind === 'property' && !isObject(node)) {
    return `Expected to find an object with property ${fragment(segment)} in path ${walked} but found '${javaType(node)}'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.`;
  }
  if (segment.kind === 'index' && node === null) return `The path ${walked} is null`;
  if (segment.kind === 'index' && !Array.isArray(node)) {
    return `Filter: ${fragment(segment)} can only be applied to arrays. Current context is: ${JSON.stringify(node)}`;
  }
  return last || segment.kind === 'index' ? `No results for path: ${here}` : `Missing property in path ${here}`;
}

function fragment(segment: Segment): string {
  if (segment.kind === 'property') return `['${segment.name}']`;
  return segment.kind === 'index' ? `[${segment.index}]` : '';
}

function javaType(node: Json): string {
  if (node === null) return 'null';
  if (Array.isArray(node)) return 'net.minidev.json.JSONArray';
  if (typeof node === 'number') return Number.isInteger(node) ? 'java.lang.Integer' : 'java.lang.Double';
  return typeof node === 'boolean' ? 'java.lang.Boolean' : 'java.lang.String';
}
