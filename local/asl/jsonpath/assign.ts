import { StatesError } from '../errors';
import { isObject, type Json, type JsonObject } from '../json';
import type { Path, Segment } from './path';

/**
 * A copy of `document` with `value` at a reference path, as ResultPath puts it: missing objects are made, existing
 * fields and items replaced. Only what lies on the path is copied; `document` itself never changes.
 *
 * @throws StatesError States.ResultPathMatchFailure where the document has something else than the path needs
 */
export function assign(document: Json, path: Path, value: Json): Json {
  const { segments } = path;
  const parents: Json[] = [];
  let node: Json | undefined = document;
  for (const segment of segments) {
    const parent: Json = node ?? {};
    parents.push(parent);
    node = child(parent, segment);
  }
  return segments.reduceRight<Json>((made, segment, i) => replaced(parents[i] as Json, segment, made), value);
}

function child(parent: Json, segment: Segment): Json | undefined {
  if (segment.kind === 'property' && isObject(parent)) {
    return Object.hasOwn(parent, segment.name) ? parent[segment.name] : undefined;
  }
  if (segment.kind === 'index' && Array.isArray(parent) && parent[segment.index] !== undefined) {
    return parent[segment.index];
  }
  const name = segment.kind === 'property' ? segment.name : segment.kind === 'index' ? segment.index : segment.kind;
  throw new StatesError(
    'States.ResultPathMatchFailure',
    `Unable to apply step "${name}" to input ${JSON.stringify(parent)}`,
  );
}

function replaced(parent: Json, segment: Segment, value: Json): Json {
  if (segment.kind === 'index') return (parent as Json[]).with(segment.index, value);
  const name = (segment as { name: string }).name;
  return { ...(parent as JsonObject), [name]: value };
}
