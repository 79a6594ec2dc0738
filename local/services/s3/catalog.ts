import type { Store } from '../../runtime/store';
import type { AwsShape } from '../aws';
import { noSuchBucket } from './errors';

/** Owns the rows about buckets, objects and uploads under way. Keys stand as places (`names.ts`). */

export interface Bucket {
  name: string;
  /** Virtual ms. */
  created: number;
  /** By subresource ('Policy', 'Encryption', …), what was put there. */
  config: AwsShape;
}

export interface StoredObject {
  place: string;
  sha256: string;
  size: number;
  /** Without quotes. */
  etag: string;
  /** Virtual ms. */
  modified: number;
  /** The members that GetObject answers besides: ContentType, Metadata, checksums, … */
  meta: AwsShape;
}

export interface Upload {
  id: string;
  bucket: string;
  place: string;
  created: number;
  meta: AwsShape;
}

export type Part = Omit<StoredObject, 'place'> & { number: number };

type Row<T extends { meta: AwsShape }> = Omit<T, 'meta'> & { meta: string };

const OBJECT = 'place, sha256, size, etag, modified, meta';

export class Catalog {
  constructor(private readonly store: Store) {
    store.schema(`
      CREATE TABLE IF NOT EXISTS s3_bucket (name TEXT PRIMARY KEY, created INTEGER NOT NULL, config TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS s3_object (
        bucket TEXT NOT NULL, place TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
        modified INTEGER NOT NULL, meta TEXT NOT NULL, PRIMARY KEY (bucket, place)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS s3_object_sha256 ON s3_object (sha256);
      CREATE TABLE IF NOT EXISTS s3_upload (
        id TEXT PRIMARY KEY, bucket TEXT NOT NULL, place TEXT NOT NULL, created INTEGER NOT NULL, meta TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS s3_part (
        upload TEXT NOT NULL, number INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
        modified INTEGER NOT NULL, meta TEXT NOT NULL, PRIMARY KEY (upload, number)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS s3_part_sha256 ON s3_part (sha256);`);
  }

  durable(): Promise<void> {
    return this.store.durable();
  }

  isReferred(sha256: string): boolean {
    const sql = `SELECT 1 AS found FROM s3_object WHERE sha256 = ? UNION SELECT 1 FROM s3_part WHERE sha256 = ?`;
    return this.store.get(sql, sha256, sha256) !== undefined;
  }

  buckets(): Bucket[] {
    const rows = this.store.all<Omit<Bucket, 'config'> & { config: string }>('SELECT * FROM s3_bucket ORDER BY name');
    return rows.map((row) => ({ ...row, config: JSON.parse(row.config) }));
  }

  findBucket(name: string): Bucket | undefined {
    const row = this.store.get<Omit<Bucket, 'config'> & { config: string }>(
      'SELECT * FROM s3_bucket WHERE name = ?',
      name,
    );
    return row && { ...row, config: JSON.parse(row.config) };
  }

  /** Throws NoSuchBucket. */
  bucket(name: unknown): Bucket {
    const bucket = this.findBucket(String(name));
    if (!bucket) throw noSuchBucket(String(name));
    return bucket;
  }

  putBucket({ name, created, config }: Bucket): void {
    this.store.run(
      `INSERT INTO s3_bucket (name, created, config) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET config = excluded.config`,
      name,
      created,
      JSON.stringify(config),
    );
  }

  deleteBucket(name: string): void {
    this.store.run('DELETE FROM s3_bucket WHERE name = ?', name);
  }

  object(bucket: string, place: string): StoredObject | undefined {
    const sql = `SELECT ${OBJECT} FROM s3_object WHERE bucket = ? AND place = ?`;
    return withMeta(this.store.get<Row<StoredObject>>(sql, bucket, place));
  }

  /** Up to `limit` objects at or after `from` whose places begin with `prefix`, in order. */
  objects(bucket: string, prefix: string, from: string, limit: number): StoredObject[] {
    const sql = `SELECT ${OBJECT} FROM s3_object WHERE bucket = ? AND place >= ? AND place < ? ORDER BY place LIMIT ?`;
    const rows = this.store.all<Row<StoredObject>>(sql, bucket, from > prefix ? from : prefix, afterAll(prefix), limit);
    return rows.map((row) => withMeta(row) as StoredObject);
  }

  putObject(bucket: string, { place, sha256, size, etag, modified, meta }: StoredObject): void {
    const sql = `INSERT OR REPLACE INTO s3_object (bucket, ${OBJECT}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.store.run(sql, bucket, place, sha256, size, etag, modified, JSON.stringify(meta));
  }

  deleteObject(bucket: string, place: string): void {
    this.store.run('DELETE FROM s3_object WHERE bucket = ? AND place = ?', bucket, place);
  }

  upload(id: string): Upload | undefined {
    return withMeta(this.store.get<Row<Upload>>('SELECT * FROM s3_upload WHERE id = ?', id));
  }

  uploads(bucket: string): Upload[] {
    const sql = 'SELECT * FROM s3_upload WHERE bucket = ? ORDER BY place, created, id';
    return this.store.all<Row<Upload>>(sql, bucket).map((row) => withMeta(row) as Upload);
  }

  putUpload({ id, bucket, place, created, meta }: Upload): void {
    const sql = 'INSERT INTO s3_upload (id, bucket, place, created, meta) VALUES (?, ?, ?, ?, ?)';
    this.store.run(sql, id, bucket, place, created, JSON.stringify(meta));
  }

  /** Forgets an upload and its parts. */
  deleteUpload(id: string): void {
    this.store.run('DELETE FROM s3_part WHERE upload = ?', id);
    this.store.run('DELETE FROM s3_upload WHERE id = ?', id);
  }

  parts(upload: string): Part[] {
    const sql = 'SELECT number, sha256, size, etag, modified, meta FROM s3_part WHERE upload = ? ORDER BY number';
    return this.store.all<Row<Part>>(sql, upload).map((row) => withMeta(row) as Part);
  }

  putPart(upload: string, { number, sha256, size, etag, modified, meta }: Part): void {
    const sql =
      'INSERT OR REPLACE INTO s3_part (upload, number, sha256, size, etag, modified, meta) VALUES (?, ?, ?, ?, ?, ?, ?)';
    this.store.run(sql, upload, number, sha256, size, etag, modified, JSON.stringify(meta));
  }
}

/** A place after all places that begin with `place`, and before all others that follow it. */
export const afterAll = (place: string): string => `${place}g`;

function withMeta<T extends { meta: AwsShape }>(row: Row<T> | undefined): T | undefined {
  return row && ({ ...row, meta: JSON.parse(row.meta) } as unknown as T);
}
