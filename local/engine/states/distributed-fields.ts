import { StatesError } from '../../asl/errors';
import { isObject, type Json, type JsonObject } from '../../asl/json';
import type { MapState } from '../../asl/model';
import { effectiveInput, evaluateReference, fill, typed, usesJsonata } from '../fields';
import type { Frame } from '../frames';
import type { Batch, ItemSource, ResultDestination } from '../map-run';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** The fields that only a distributed Map has: ItemReader, ItemBatcher, ResultWriter and the tolerated failures. */

export function* sourceOf(run: Run, frame: Frame, state: MapState): Steps<ItemSource | undefined> {
  const reader = state.ItemReader;
  if (!reader) return undefined;
  const config = isObject(reader.ReaderConfig) ? reader.ReaderConfig : {};
  const maxItems = yield* numberField(run, frame, state, config, 'MaxItems', 'ItemReader/ReaderConfig/');
  const parameters = yield* parametersOf(run, frame, state, reader, 'ItemReader');
  return { resource: reader.Resource as string, parameters, config, ...(maxItems !== undefined && { maxItems }) };
}

export function* batchOf(run: Run, frame: Frame, state: MapState): Steps<Batch | undefined> {
  const batcher = state.ItemBatcher;
  if (!batcher) return undefined;
  const maxItems = yield* numberField(run, frame, state, batcher, 'MaxItemsPerBatch', 'ItemBatcher/');
  const maxBytes = yield* numberField(run, frame, state, batcher, 'MaxInputBytesPerBatch', 'ItemBatcher/');
  const input =
    batcher.BatchInput === undefined
      ? undefined
      : yield* template(run, frame, state, batcher.BatchInput, 'ItemBatcher/BatchInput');
  return {
    ...(maxItems !== undefined && { maxItems }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(input !== undefined && { input }),
  };
}

export function* resultsOf(run: Run, frame: Frame, state: MapState): Steps<ResultDestination | undefined> {
  const writer = state.ResultWriter;
  if (!writer) return undefined;
  const exported = writer.Resource !== undefined;
  const config = (isObject(writer.WriterConfig) ? writer.WriterConfig : {}) as Partial<Record<string, string>>;
  return {
    ...(exported && {
      resource: writer.Resource as string,
      parameters: yield* parametersOf(run, frame, state, writer, 'ResultWriter'),
    }),
    transformation: (config.Transformation ?? 'NONE') as ResultDestination['transformation'],
    outputType: (config.OutputType ?? 'JSON') as ResultDestination['outputType'],
  };
}

/** How many failures the map run survives. */
export function* toleranceOf(
  run: Run,
  frame: Frame,
  state: MapState,
): Steps<{ toleratedCount?: number; toleratedPercentage?: number }> {
  const fields = state as unknown as JsonObject;
  const percentage = yield* numberField(run, frame, state, fields, 'ToleratedFailurePercentage', '', 'float');
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw new StatesError('States.Runtime', 'ToleratedFailurePercentage must be between 0 and 100.');
  }
  const count = yield* numberField(run, frame, state, fields, 'ToleratedFailureCount', '');
  if (count !== undefined && count < 0) {
    throw new StatesError('States.Runtime', 'ToleratedFailureCount must be a non-negative integer.');
  }
  return {
    ...(count !== undefined && { toleratedCount: count }),
    ...(percentage !== undefined && { toleratedPercentage: percentage }),
  };
}

function* parametersOf(
  run: Run,
  frame: Frame,
  state: MapState,
  { Parameters, Arguments }: JsonObject,
  field: string,
): Steps<JsonObject> {
  const [name, given] = usesJsonata(run, state) ? ['Arguments', Arguments] : ['Parameters', Parameters];
  const value = given === undefined ? {} : yield* template(run, frame, state, given, `${field}/${name}`);
  return isObject(value) ? value : {};
}

function template(run: Run, frame: Frame, state: MapState, given: Json, field: string): Steps<Json> {
  return fill(run, frame, state, given, field, { input: effectiveInput(run, frame, state) });
}

/** `<name>` as it is or by an expression, or what `<name>Path` refers to: a number, or the text of one. */
function* numberField(
  run: Run,
  frame: Frame,
  state: MapState,
  fields: JsonObject,
  name: string,
  place: string,
  kind: 'integer' | 'float' = 'integer',
): Steps<number | undefined> {
  const path = fields[`${name}Path`];
  if (typeof path !== 'string') {
    const given = fields[name];
    if (given === undefined) return undefined;
    return (yield* typed(run, frame, given, `${place}${name}`, 'number')) as number;
  }
  const found = evaluateReference(run, frame, state, path);
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value)) return value;
  throw new StatesError(
    'States.Runtime',
    `The ${name}Path field refers to value "${text}" which is not a valid ${kind}: ${path}`,
  );
}
