import { spawnSync } from 'node:child_process';
import fs, { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { FORMAT_VERSION } from '../../local/runtime/database';
import { Store, StoreError } from '../../local/runtime/store';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stepwright-store-'));
  file = join(dir, 'store.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openError = (): StoreError => {
  try {
    void Store.open(dir).close();
  } catch (error) {
    return error as StoreError;
  }
  throw new Error('The store opened.');
};

describe('the store', () => {
  it('shows a write at once and keeps it over closing', async () => {
    const store = Store.open(dir);
    const notes = store.collection<{ text: string }>('notes');
    const stored = notes.put('a', { text: 'hello' });
    expect(notes.get('a')).toEqual({ text: 'hello' });
    await stored;
    await store.close();
    const again = Store.open(dir);
    expect(again.collection('notes').get('a')).toEqual({ text: 'hello' });
    await again.close();
  });

  it('commits what is open when it is closed', async () => {
    const store = Store.open(dir);
    void store.collection('notes').put('a', 1);
    await store.close();
    const again = Store.open(dir);
    expect(again.collection('notes').get('a')).toBe(1);
    await again.close();
  });

  it('says that a write is durable only after the transaction is committed', async () => {
    const store = Store.open(dir);
    let durable = false;
    void store
      .collection('notes')
      .put('a', 1)
      .then(() => {
        durable = true;
      });
    await Promise.resolve();
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(durable).toBe(false);
    await store.durable();
    await Promise.resolve();
    expect(durable).toBe(true);
    await store.close();
  });

  it('commits a unit of many turns whole, or as if it had never begun', async () => {
    const store = Store.open(dir);
    const notes = store.collection<string>('notes');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    // More than SQLite keeps of a transaction in memory by itself.
    const write = async (prefix: string) => {
      for (let n = 0; n < 40; n += 1) {
        await notes.put(`${prefix}${n}`, prefix.repeat(100_000));
        await turn();
      }
    };
    void notes.put('before', 'kept');
    await store.whole(() => write('a'));
    const failing = store.whole(async () => {
      await write('b');
      await notes.delete('before');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await notes.put('after', 'kept');
    await store.close();
    const again = Store.open(dir);
    expect(
      again
        .collection('notes')
        .list()
        .map(({ key }) => key.charAt(0) + key.slice(1).replace(/\d+/, ''))
        .filter((key, index, all) => all.indexOf(key) === index),
    ).toEqual(['a', 'after', 'before']);
    await again.close();
  });

  it('lists by prefix in the order of keys, and deletes', async () => {
    const store = Store.open();
    const notes = store.collection<number>('notes');
    for (const [n, key] of ['b/2', 'a', 'b/1', 'c', 'b/\u{1F600}'].entries()) void notes.put(key, n);
    expect(notes.list('b/').map(({ key }) => key)).toEqual(['b/1', 'b/2', 'b/\u{1F600}']);
    await notes.delete('b/1');
    expect(notes.list('b/')).toHaveLength(2);
    expect(notes.list()).toHaveLength(4);
    await store.close();
  });

  it('goes on after a statement that broke a rule of the schema', async () => {
    const store = Store.open(dir);
    store.schema('CREATE TABLE names (name TEXT PRIMARY KEY)');
    store.run('INSERT INTO names VALUES (?)', 'a');
    expect(() => store.run('INSERT INTO names VALUES (?)', 'a')).toThrow(/UNIQUE/);
    store.run('INSERT INTO names VALUES (?)', 'b');
    await store.durable();
    expect(store.all('SELECT name FROM names ORDER BY name')).toHaveLength(2);
    await store.close();
  });

  it('refuses everything after a write that the disk did not take', async () => {
    const store = Store.open(dir);
    const failures: StoreError[] = [];
    store.onFailure((failure) => failures.push(failure));
    const notes = store.collection<string>('notes');
    await notes.put('small', 'x');
    store.schema('PRAGMA max_page_count = 8');
    expect(() => notes.put('large', 'x'.repeat(1_000_000))).toThrow(/The disk is full: .*store\.db/);
    await expect(store.durable()).rejects.toThrow(StoreError);
    expect(() => notes.put('small', 'y')).toThrow(StoreError);
    expect(() => notes.get('small')).toThrow(StoreError);
    expect(failures).toHaveLength(1);
    await store.close();
    const again = Store.open(dir);
    expect(again.collection('notes').list()).toEqual([{ key: 'small', value: 'x' }]);
    await again.close();
  });

  it('is synced before anybody is answered, and refuses who wrote what a sync failed for', async () => {
    const store = Store.open(dir);
    const notes = store.collection<string>('notes');
    await notes.put('first', 'kept');
    const syncs: Array<(error: Error | null) => void> = [];
    const disk = jest.spyOn(fs, 'fdatasync').mockImplementation((_, done) => void syncs.push(done));
    const answered = jest.fn();
    const second = notes.put('second', 'lost').finally(answered);
    while (syncs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).not.toHaveBeenCalled();
    syncs[0]?.(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
    await expect(second).rejects.toThrow(/^The disk failed while .*store\.db was read or written/);
    disk.mockRestore();
    await store.close();
  });

  it('opens when the machine ended after the log was let go of, with what was synced of its sums', async () => {
    const store = Store.open(dir);
    await store.collection('notes').put('kept', 'well');
    const sums = join(dir, 'store.sums');
    let synced: Buffer | undefined;
    const { fdatasyncSync } = fs;
    const disk = jest.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
      fdatasyncSync(descriptor);
      synced = readFileSync(sums);
    });
    await store.close();
    disk.mockRestore();
    writeFileSync(sums, synced as Buffer);
    const next = Store.open(dir);
    expect(next.collection('notes').get('kept')).toBe('well');
    await next.close();
  });

  it('has the log on disk before the sums of pages that only the log has', async () => {
    const store = Store.open(dir);
    await store.collection<string>('notes').put('kept', 'well');
    const files = [`${file}-wal`, join(dir, 'store.sums')];
    const numbers = files.map((name) => fs.statSync(name).ino);
    const { fdatasyncSync } = fs;
    const synced: string[] = [];
    const disk = jest.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
      synced.push(files[numbers.indexOf(fs.fstatSync(descriptor).ino)] ?? 'another file');
      fdatasyncSync(descriptor);
    });
    await store.close();
    disk.mockRestore();
    expect(synced.slice(0, 2)).toEqual(files);
  });

  it('keeps what was acknowledged when the disk fails before it is in the database file', async () => {
    const store = Store.open(dir);
    await store.collection('notes').put('kept', 'well');
    const disk = jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    });
    await store.close();
    disk.mockRestore();
    // As the next process finds it: this one keeps its lock.
    const copy = mkdtempSync(join(tmpdir(), 'stepwright-store-'));
    cpSync(dir, copy, { recursive: true });
    const next = Store.open(copy);
    expect(next.collection('notes').get('kept')).toBe('well');
    await next.close();
    rmSync(copy, { recursive: true });
  });
});

describe('opening a store', () => {
  it('refuses a directory that another process uses, and says so', async () => {
    const store = Store.open(dir);
    await store.collection('notes').put('a', 1);
    const script = `const { Store } = require('./local/runtime/store.ts');
      try { Store.open(process.argv[1]); console.log('opened'); } catch (error) { console.log(error.message); }`;
    const child = spawnSync(process.execPath, ['--import', 'tsx', '-e', script, dir], { encoding: 'utf8' });
    expect(child.stdout.trim()).toBe(
      `${file} is in use by another process: only one local cloud can run on a data directory.`,
    );
    await store.close();
  }, 60_000);

  it('refuses a store of another format and leaves it as it is', async () => {
    const db = new Database(file);
    db.exec(`CREATE TABLE things (a); PRAGMA user_version = ${FORMAT_VERSION + 6}`);
    db.close();
    const before = readFileSync(file);
    expect(openError().message).toBe(
      `${file} has format ${FORMAT_VERSION + 6}, this version of Stepwright reads format ${FORMAT_VERSION}: ` +
        'use the version that wrote it, or another data directory.',
    );
    const after = new Database(file);
    expect(after.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: FORMAT_VERSION + 6 });
    after.close();
    expect(readFileSync(file).length).toBe(before.length);
  });

  it('refuses a file that is not a store', () => {
    writeFileSync(file, 'Dear diary, today I was not a database. '.repeat(50));
    expect(openError()).toBeInstanceOf(StoreError);
    expect(openError().message).toMatch(/store\.db is not a Stepwright store, or it is damaged/);
  });

  it('refuses a file that was cut short', async () => {
    const store = Store.open(dir);
    const notes = store.collection('notes');
    for (let n = 0; n < 200; n += 1) void notes.put(`key${n}`, 'x'.repeat(1000));
    await store.close();
    truncateSync(file, 16_384);
    expect(openError().message).toMatch(/store\.db is damaged/);
  });

  it('refuses a directory that is a file', () => {
    writeFileSync(join(dir, 'data'), '');
    expect(() => Store.open(join(dir, 'data'))).toThrow(StoreError);
  });
});
