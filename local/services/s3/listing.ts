import type { AwsShape } from '../aws';
import { afterAll, type Catalog, type StoredObject } from './catalog';
import { invalidArgument } from './errors';
import { quoted } from './objects';

/** Owns ListObjects and ListObjectsV2: keys in the order of their bytes, rolled up by a delimiter, a page at a time. */
export class Listing {
  constructor(private readonly catalog: Catalog) {}

  v2(input: AwsShape): AwsShape {
    const { Prefix = '', StartAfter, ContinuationToken } = input;
    const from = ContinuationToken === undefined ? after(StartAfter) : fromToken(ContinuationToken);
    const page = this.#page(input, from);
    return {
      ...this.#common(input, page),
      Prefix: encoder(input)(Prefix),
      KeyCount: page.Contents.length + page.prefixes.length,
      ...(StartAfter === undefined ? {} : { StartAfter: encoder(input)(StartAfter) }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(page.next === undefined ? {} : { NextContinuationToken: toToken(page.next) }),
    };
  }

  v1(input: AwsShape): AwsShape {
    const { Prefix = '', Delimiter, Marker = '' } = input;
    const page = this.#page(input, afterMarker(input));
    const encode = encoder(input);
    // Without a delimiter the last key is the next marker, and callers know.
    const NextMarker = page.next !== undefined && Delimiter ? { NextMarker: encode(page.last) } : {};
    return { ...this.#common(input, page), Prefix: encode(Prefix), Marker: encode(Marker), ...NextMarker };
  }

  #common(input: AwsShape, page: Page): AwsShape {
    const encode = encoder(input);
    const { Delimiter, EncodingType } = input;
    return {
      Name: input.Bucket,
      MaxKeys: page.limit,
      IsTruncated: page.next !== undefined,
      ...(Delimiter ? { Delimiter: encode(Delimiter) } : {}),
      ...(EncodingType ? { EncodingType } : {}),
      ...(page.Contents.length > 0 ? { Contents: page.Contents.map((one) => described(one, encode)) } : {}),
      ...(page.prefixes.length > 0 ? { CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })) } : {}),
    };
  }

  #page(input: AwsShape, from: string): Page {
    const { name } = this.catalog.bucket(input.Bucket);
    const limit = maxKeys(input.MaxKeys);
    const prefix = hex(input.Prefix ?? '');
    const delimiter = Buffer.from(String(input.Delimiter ?? ''), 'utf8');
    const page: Page = { limit, Contents: [], prefixes: [], last: '', next: undefined };
    let position = from;
    while (limit > 0) {
      const missing = limit - page.Contents.length - page.prefixes.length;
      // One more than is wanted tells whether there is more; a rolled-up key jumps over all that begin alike.
      const rows = this.catalog.objects(name, prefix, position, missing + 1);
      let jumped = false;
      for (const object of rows) {
        if (page.Contents.length + page.prefixes.length === limit) {
          page.next = position;
          return page;
        }
        const key = Buffer.from(object.place, 'hex');
        const end = delimiter.length > 0 ? key.indexOf(delimiter, prefix.length / 2) : -1;
        if (end < 0) {
          page.Contents.push(object);
          page.last = key.toString('utf8');
          position = `${object.place}0`;
          continue;
        }
        const group = key.subarray(0, end + delimiter.length);
        page.last = group.toString('utf8');
        page.prefixes.push(page.last);
        position = afterAll(group.toString('hex'));
        jumped = true;
        break;
      }
      if (!jumped) return page;
    }
    return page;
  }
}

interface Page {
  limit: number;
  Contents: StoredObject[];
  prefixes: string[];
  /** The last key or common prefix in the page. */
  last: string;
  /** Where the next page begins, if there is one. */
  next: string | undefined;
}

const MOST_KEYS = 1000;

function maxKeys(value: unknown): number {
  const count = value === undefined ? MOST_KEYS : Number(value);
  if (!Number.isInteger(count))
    throw invalidArgument('Provided max-keys not an integer or within integer range', 'max-keys', value);
  if (count < 0)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', 'max-keys', value);
  return Math.min(count, MOST_KEYS);
}

const hex = (text: unknown): string => Buffer.from(String(text), 'utf8').toString('hex');

/** The first place after `key`. */
const after = (key: unknown): string => (key === undefined || key === '' ? '' : `${hex(key)}0`);

/** Where to go on after a marker; a common prefix as marker means that all its keys were told. */
function afterMarker({ Marker, Prefix = '', Delimiter }: AwsShape): string {
  const marker = String(Marker ?? '');
  if (!Delimiter || !marker.startsWith(Prefix)) return after(marker);
  const end = marker.indexOf(Delimiter, Prefix.length);
  return end >= 0 && end + Delimiter.length === marker.length ? afterAll(hex(marker)) : after(marker);
}

const toToken = (place: string): string => Buffer.from(`1${place}`).toString('base64url');

function fromToken(token: unknown): string {
  const text = Buffer.from(String(token), 'base64url').toString();
  if (/^1[0-9a-f]*g?$/.test(text)) return text.slice(1);
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
}

/** With `EncodingType` 'url', names are answered URL-encoded, so that XML can carry any of them. */
function encoder({ EncodingType }: AwsShape): (name: string) => string {
  if (EncodingType === undefined) return (name) => String(name);
  if (EncodingType !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', EncodingType);
  return (name) => encodeURIComponent(Buffer.from(String(name), 'utf8').toString('utf8')).replaceAll('%2F', '/');
}

function described({ place, size, etag, modified, meta }: StoredObject, encode: (name: string) => string): AwsShape {
  return {
    Key: encode(Buffer.from(place, 'hex').toString('utf8')),
    LastModified: new Date(modified),
    ETag: quoted(etag),
    Size: size,
    StorageClass: meta.StorageClass ?? 'STANDARD',
  };
}
