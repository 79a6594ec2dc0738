import { gunzipSync } from 'node:zlib';
import { isObject, type Json, type JsonObject } from '../../../asl/json';
import type { ItemSource } from '../../../engine/map-run';
import { TaskError } from '../../../runtime/dispatch';
import { csvRows, type Delimiter, withHeaders } from './csv';
import { listing, type ObjectName, type ObjectParts, textPieces, wholeObject } from './objects';
import { parquetRows } from './parquet/rows';

/**
 * Owns what ItemReader reads: a list of objects, or the items in an object, by its type.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export async function* readItems(parts: ObjectParts, source: ItemSource, signal: AbortSignal): AsyncGenerator<Json> {
  const { resource, parameters, config } = source;
  if (!resource.endsWith(':s3:listObjectsV2')) {
    yield* itemsIn(parts, parameters as unknown as ObjectName, config, signal);
    return;
  }
  const { Bucket, Prefix } = parameters;
  for await (const object of listing(parts, { Bucket, Prefix }, signal)) {
    if (config.Transformation === 'LOAD_AND_FLATTEN') {
      yield* itemsIn(parts, { Bucket: String(Bucket), Key: object.Key }, config, signal);
    } else {
      yield {
        Etag: object.ETag,
        Key: object.Key,
        LastModified: Math.floor(new Date(object.LastModified).getTime() / 1000),
        Size: object.Size,
        StorageClass: object.StorageClass ?? 'STANDARD',
      };
    }
  }
}

function itemsIn(parts: ObjectParts, name: ObjectName, config: JsonObject, signal: AbortSignal): AsyncGenerator<Json> {
  if (config.ManifestType === 'ATHENA_DATA') return listedFiles(parts, name, config, signal);
  if (config.InputType === 'MANIFEST') return inventoried(parts, name, signal);
  if (config.InputType === 'PARQUET') return parquetItems(parts, name, signal);
  const content = {
    pieces: () => textPieces(parts, name, signal),
    whole: async () => (await wholeObject(parts, name, signal)).toString('utf8'),
  };
  return itemsOfType(content, config);
}

/** The items of a data set that is at hand as text. */
export function itemsInText(text: string, config: JsonObject): AsyncGenerator<Json> {
  return itemsOfType({ pieces: () => once(text), whole: async () => text }, config);
}

interface Content {
  pieces(): AsyncIterable<string>;
  whole(): Promise<string>;
}

function itemsOfType(content: Content, config: JsonObject): AsyncGenerator<Json> {
  switch (config.InputType ?? 'JSON') {
    case 'CSV':
      return csvItems(content.pieces(), config);
    case 'JSONL':
      return jsonLines(content.pieces());
    case 'JSON':
      return jsonItems(content, config);
    default:
      throw failure(`The local cloud does not read items of the type ${config.InputType}.`);
  }
}

async function* csvItems(pieces: AsyncIterable<string>, config: JsonObject): AsyncGenerator<Json> {
  let headers = config.CSVHeaderLocation === 'GIVEN' ? (config.CSVHeaders as string[]) : undefined;
  for await (const row of csvRows(pieces, config.CSVDelimiter as Delimiter | undefined)) {
    if (headers) yield withHeaders(headers, row);
    else headers = row;
  }
}

async function* jsonLines(pieces: AsyncIterable<string>): AsyncGenerator<Json> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
  if (rest.trim() !== '') yield parse(rest);
}

async function* jsonItems(content: Content, { ItemsPointer }: JsonObject): AsyncGenerator<Json> {
  const document = parse(await content.whole());
  const items = typeof ItemsPointer === 'string' ? atPointer(document, ItemsPointer) : document;
  if (!Array.isArray(items)) throw failure('Attempting to map over non-iterable node.');
  yield* items;
}

async function* parquetItems(parts: ObjectParts, name: ObjectName, signal: AbortSignal): AsyncGenerator<Json> {
  const file = await wholeObject(parts, name, signal);
  try {
    yield* parquetRows(file);
  } catch (error) {
    throw failure(`The item source is not valid Parquet: ${(error as Error).message}`);
  }
}

/** Of an S3 Inventory: its manifest names compressed files, and the columns that they have. */
async function* inventoried(parts: ObjectParts, name: ObjectName, signal: AbortSignal): AsyncGenerator<Json> {
  const manifest = parse((await wholeObject(parts, name, signal)).toString('utf8'));
  const { fileFormat, fileSchema, destinationBucket, files } = isObject(manifest) ? manifest : {};
  if (fileFormat !== 'CSV' || typeof fileSchema !== 'string' || !Array.isArray(files)) {
    throw failure('The manifest is not one of an S3 Inventory in CSV.');
  }
  const headers = fileSchema.split(',').map((column) => column.trim());
  const Bucket = String(destinationBucket ?? name.Bucket).replace(/^arn:[^:]*:s3:::/, '');
  for (const file of files as JsonObject[]) {
    const packed = await wholeObject(parts, { Bucket, Key: String(file.key) }, signal);
    for await (const row of csvRows(once(gunzipSync(packed).toString('utf8')))) yield withHeaders(headers, row);
  }
}

/** Of an Athena query: its manifest lists the files that hold the items, one URI in each line. */
async function* listedFiles(
  parts: ObjectParts,
  name: ObjectName,
  { ManifestType, ...config }: JsonObject,
  signal: AbortSignal,
): AsyncGenerator<Json> {
  for await (const [uri = ''] of csvRows(textPieces(parts, name, signal))) {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    if (!Bucket || !Key) throw failure(`The manifest lists what is no object of S3: ${uri}`);
    yield* itemsIn(parts, { Bucket, Key }, config, signal);
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6901 */
function atPointer(document: Json, pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)];
      return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }, document);
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure(`The item source is not valid JSON: ${(error as Error).message}`);
  }
}

function failure(cause: string): TaskError {
  return new TaskError('States.ItemReaderFailed', cause);
}
