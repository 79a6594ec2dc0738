/**
 * Loaded into a process under test: keeps in the folder CHAOS_DURABLE what of its store a disk holds for certain, which is what
 * each file held when a sync of it began. SQLite syncs around a checkpoint by itself, out of sight: the log before it moves it, the
 * database file when it has, unless `synchronous` says that it does not.
 */
const fs = require('node:fs');
const { Module } = require('node:module');
const path = require('node:path');

const durable = process.env.CHAOS_DURABLE;
const FILES = new Set(['store.db', 'store.db-wal', 'store.sums']);
const { copyFileSync, existsSync, fdatasync, fdatasyncSync, fsyncSync, readlinkSync, renameSync } = fs;
let directory;
let hasFailed = false;

/** After a sync that failed nobody knows what is on the disk: nothing that comes later is certain. */
exports.fail = () => {
  hasFailed = true;
};

/** What the file holds now; answers what makes that certain. */
function taken(file) {
  const name = path.basename(file);
  if (!FILES.has(name)) return () => {};
  directory = path.dirname(file);
  const draft = path.join(durable, `${name}.draft`);
  if (!existsSync(file)) return () => fs.rmSync(path.join(durable, name), { force: true });
  copyFileSync(file, draft);
  return () => {
    if (!hasFailed) renameSync(draft, path.join(durable, name));
  };
}

const pathOf = (descriptor) => readlinkSync(`/proc/self/fd/${descriptor}`);

fs.fdatasync = (descriptor, done) => {
  const keep = taken(pathOf(descriptor));
  fdatasync(descriptor, (error) => {
    if (!error) keep();
    done(error);
  });
};
for (const [name, sync] of Object.entries({ fdatasyncSync, fsyncSync })) {
  fs[name] = (descriptor) => {
    const keep = taken(pathOf(descriptor));
    sync(descriptor);
    keep();
  };
}

const MOVES_THE_LOG = /wal_checkpoint|journal_mode = DELETE/;

/** Runs what moves the log into the database file. */
function moving(db, move) {
  const { synchronous } = prepare.call(db, 'PRAGMA synchronous').get();
  if (synchronous === 0 || !directory) return move();
  taken(path.join(directory, 'store.db-wal'))();
  const answer = move();
  taken(path.join(directory, 'store.db'))();
  return answer;
}

let prepare;
const { _load } = Module;
Module._load = function load(request, ...rest) {
  const loaded = _load.call(this, request, ...rest);
  if (request !== 'libsql' || prepare) return loaded;
  const { prototype } = loaded;
  const { exec } = prototype;
  prepare = prototype.prepare;
  prototype.exec = function run(sql) {
    return MOVES_THE_LOG.test(sql) ? moving(this, () => exec.call(this, sql)) : exec.call(this, sql);
  };
  prototype.prepare = function prepared(sql) {
    const statement = prepare.call(this, sql);
    if (!MOVES_THE_LOG.test(sql)) return statement;
    const get = statement.get.bind(statement);
    statement.get = (...values) => moving(this, () => get(...values));
    return statement;
  };
  return loaded;
};
