import { TaskError } from '../../../runtime/dispatch';
import { AwsError, type AwsShape } from '../../aws';
import type { Parts } from '../../parts';
import type { RoleSession } from '../../role-session';
import { optimizedError } from '../integrations/task-errors';

/** Owns how map runs read and write objects of S3, and how its errors are told. */
export interface ObjectParts extends Pick<Parts, 'aws'> {
  /** The state machine's. */
  readonly role: RoleSession | undefined;
}

export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

/** An object's text, piece by piece: an object of any size takes the memory of one piece. */
export async function* textPieces(parts: ObjectParts, name: ObjectName, signal: AbortSignal): AsyncGenerator<string> {
  const { Bucket, Key, VersionId } = name;
  const decoder = new TextDecoder();
  const { ContentLength: size = 0 } = await read(parts, 'HeadObject', { Bucket, Key, VersionId }, signal);
  for (let from = 0; from < size; from += PIECE) {
    const Range = `bytes=${from}-${Math.min(from + PIECE, size) - 1}`;
    const { Body } = await read(parts, 'GetObject', { Bucket, Key, VersionId, Range }, signal);
    yield decoder.decode(await bytesOf(Body), { stream: true });
  }
  yield decoder.decode();
}

/** An object's content as a whole. */
export async function wholeObject(parts: ObjectParts, name: ObjectName, signal: AbortSignal): Promise<Buffer> {
  const { Bucket, Key, VersionId } = name;
  const { Body } = await read(parts, 'GetObject', { Bucket, Key, VersionId }, signal);
  return Buffer.from(await bytesOf(Body));
}

/** The objects whose keys begin so, in the order of their keys. */
export async function* listing(parts: ObjectParts, query: AwsShape, signal: AbortSignal): AsyncGenerator<AwsShape> {
  for (let ContinuationToken: string | undefined; ; ) {
    const page = await read(parts, 'ListObjectsV2', { ...query, ContinuationToken }, signal);
    yield* page.Contents ?? [];
    if (!page.IsTruncated) return;
    ContinuationToken = page.NextContinuationToken;
  }
}

export async function putObject(parts: ObjectParts, name: ObjectName, body: string): Promise<void> {
  const request = { ...name, Body: Buffer.from(body), ContentType: 'application/json' };
  try {
    await parts.aws.call('s3', 'PutObject', request, { via: 'states', role: parts.role });
  } catch (error) {
    throw failed('States.ResultWriterFailed', error);
  }
}

async function read(parts: ObjectParts, operation: string, request: AwsShape, signal: AbortSignal): Promise<AwsShape> {
  try {
    return await parts.aws.call('s3', operation, request, { via: 'states', signal, role: parts.role });
  } catch (error) {
    throw failed('States.ItemReaderFailed', error);
  }
}

function failed(name: string, error: unknown): TaskError {
  const { cause } = optimizedError(
    error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500),
    S3,
  );
  return new TaskError(name, cause);
}

const S3 = { prefix: 'S3', service: 'Amazon S3', fallback: 'AmazonS3Exception' };

/** A body is bytes, or what a client of AWS's SDK makes of a stream. */
async function bytesOf(body: Uint8Array | { transformToByteArray(): Promise<Uint8Array> }): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : body.transformToByteArray();
}

const PIECE = 8 * 1024 * 1024;
