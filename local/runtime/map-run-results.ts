import type { Json, JsonObject } from '../asl/json';
import { MOST_PAYLOAD_BYTES } from '../engine/limits';
import type { ResultDestination } from '../engine/map-run';
import type { Execution } from '../engine/types';
import { TaskError } from './dispatch';
import type { StoredChild } from './map-run-journal';

/**
 * What becomes of the results of a map run's children: the Map's own result, or files with a manifest.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */

/** A child with its execution, if it was ever begun. */
export interface Result extends StoredChild {
  readonly execution?: Execution;
}

/** Where files of results go. */
export interface ResultFiles {
  readonly bucket: string;
  /** Stores a file; answers its key. Rejects with TaskError. */
  put(name: string, body: string): Promise<string>;
}

/** The results as the Map's own, in the order of the items. Throws TaskError when they are more than a payload holds. */
export async function asOutput(
  results: AsyncIterable<Result>,
  { transformation, outputType }: Pick<ResultDestination, 'transformation' | 'outputType'>,
  stateName: string,
): Promise<Json> {
  const output: Json[] = [];
  let bytes = 0;
  for await (const result of results) {
    for (const value of transformed(result, transformation)) {
      bytes += Buffer.byteLength(JSON.stringify(value)) + 1;
      if (bytes > MOST_PAYLOAD_BYTES) throw tooLarge(stateName);
      output.push(value);
    }
  }
  return outputType === 'JSONL' ? output.map((value) => JSON.stringify(value)).join('\n') : output;
}

/** Writes one series of files for each kind of end, and a manifest of them; answers the Map's result. */
export async function asFiles(
  results: AsyncIterable<Result>,
  { transformation, outputType }: ResultDestination,
  mapRunArn: string,
  files: ResultFiles,
): Promise<Json> {
  const folder = mapRunArn.slice(mapRunArn.lastIndexOf(':') + 1);
  const series = SERIES.map(
    (name) => new FileSeries(name, outputType, (file, body) => files.put(`${folder}/${file}`, body)),
  );
  for await (const result of results) {
    const one = series.find(({ name }) => name === seriesOf(result)) as FileSeries;
    for (const value of transformed(result, transformation)) await one.add(JSON.stringify(value));
  }
  const listed: Array<[string, Json]> = [];
  for (const one of series) listed.push([one.name, await one.finish()]);
  const manifest = { DestinationBucket: files.bucket, MapRunArn: mapRunArn, ResultFiles: Object.fromEntries(listed) };
  const key = await files.put(`${folder}/manifest.json`, JSON.stringify(manifest));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: files.bucket, Key: key } };
}

const SERIES = ['FAILED', 'PENDING', 'SUCCEEDED'] as const;

function seriesOf({ status }: Result): (typeof SERIES)[number] {
  if (status === 'SUCCEEDED') return 'SUCCEEDED';
  return status === 'PENDING' ? 'PENDING' : 'FAILED';
}

/** `NAME_0.json`, `NAME_1.json`, …: a next one whenever one has grown large. */
class FileSeries {
  readonly #files: Json[] = [];
  #values: string[] = [];
  #size = 0;

  constructor(
    readonly name: string,
    private readonly type: ResultDestination['outputType'],
    private readonly write: (file: string, body: string) => Promise<string>,
  ) {}

  async add(value: string): Promise<void> {
    this.#values.push(value);
    this.#size += value.length;
    if (this.#size >= LARGE_FILE) await this.#close();
  }

  async finish(): Promise<Json> {
    if (this.#values.length > 0) await this.#close();
    return this.#files;
  }

  async #close(): Promise<void> {
    const body = this.type === 'JSONL' ? this.#values.join('\n') : `[${this.#values.join(',')}]`;
    const file = `${this.name}_${this.#files.length}.${this.type === 'JSONL' ? 'jsonl' : 'json'}`;
    this.#values = [];
    this.#size = 0;
    const key = await this.write(file, body);
    this.#files.push({ Key: key, Size: Buffer.byteLength(body) });
  }
}

/** In characters: what is held in memory before it is written. */
const LARGE_FILE = 16 * 1024 * 1024;

/** One value, or for FLATTEN as many as an array has. What did not succeed is always told with all that is known of it. */
function transformed(result: Result, transformation: ResultDestination['transformation']): Json[] {
  const { execution } = result;
  if (execution?.status !== 'SUCCEEDED' || transformation === 'NONE') return [told(result)];
  const output = execution.output as Json;
  return transformation === 'FLATTEN' && Array.isArray(output) ? output : [output];
}

/** A child as DescribeExecution would tell of it, with the names that AWS's files have. */
function told({ execution, input }: Result): JsonObject {
  if (!execution) return { Input: input, InputDetails: { Included: true }, Status: 'PENDING' };
  const { arn, name, status, startedAt, stoppedAt, stateMachineArn, output, error, cause, redriveCount } = execution;
  const succeeded = status === 'SUCCEEDED';
  return {
    ...(cause !== undefined && { Cause: cause }),
    ...(error !== undefined && { Error: error }),
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...(succeeded && { Output: JSON.stringify(output), OutputDetails: { Included: true } }),
    RedriveCount: redriveCount,
    RedriveStatus: succeeded ? 'NOT_REDRIVABLE' : 'REDRIVABLE',
    ...(succeeded && { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }),
    StartDate: new Date(startedAt).toISOString(),
    StateMachineArn: stateMachineArn,
    Status: status,
    ...(stoppedAt !== undefined && { StopDate: new Date(stoppedAt).toISOString() }),
  };
}

function tooLarge(stateName: string): TaskError {
  return new TaskError(
    'States.DataLimitExceeded',
    `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
