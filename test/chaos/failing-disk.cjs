/**
 * Loaded into a process under test: from the CHAOS_SYNCth sync of its log on, the disk answers with an I/O error, and what was written
 * is not on it, though the system shows it.
 */
const fs = require('node:fs');
const disk = require('./power/durable-files.cjs');

let left = Number(process.env.CHAOS_SYNC);
const failure = () => {
  left -= 1;
  if (left > 0) return undefined;
  disk.fail();
  return Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', errno: -5 });
};

const { fdatasync, fdatasyncSync } = fs;
fs.fdatasync = (file, done) => {
  const error = failure();
  if (error) setImmediate(done, error);
  else fdatasync(file, done);
};
fs.fdatasyncSync = (file) => {
  const error = failure();
  if (error) throw error;
  fdatasyncSync(file);
};
