/**
 * Owns how the compiled command is loaded: with what V8 compiled of it when the same command ran last, which is most of
 * the time that a start takes.
 *
 * A cache lies beside the file, one for each command, since each needs other functions. It begins with a hash over the
 * file's text and what follows, so it serves this text only, whole; V8 itself refuses what another version of it made.
 * Without a cache the text alone is enough.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import vm from 'node:vm';

const HASH_BYTES = 20;

/**
 * Runs a CommonJS file that esbuild wrote.
 * @param {string} file its path
 * @param {string | undefined} command what the cache is for
 */
export function runCompiled(file, command) {
  // Outside of comments it is ASCII; as such it takes a byte for each character.
  const source = readFileSync(file, 'latin1');
  const cacheFile = /^[a-z]+$/.test(command ?? '') ? `${file}.${command}.cache` : undefined;
  const cachedData = cacheFile && readCache(cacheFile, source);
  const script = new vm.Script(Module.wrap(source), {
    filename: file,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cacheFile && (!cachedData || script.cachedDataRejected)) {
    // By its end it has compiled what it needs. A command that there is not ends with another code.
    process.once('exit', (code) => code === 0 && writeCache(cacheFile, source, script.createCachedData()));
  }
  const module = new Module(file);
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
}

function readCache(cacheFile, source) {
  try {
    const bytes = readFileSync(cacheFile);
    const data = bytes.subarray(HASH_BYTES);
    return bytes.subarray(0, HASH_BYTES).equals(hashOf(source, data)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The file appears whole or not at all. Where it cannot be written, the next start takes as long as this one. */
function writeCache(cacheFile, source, data) {
  try {
    const draft = `${cacheFile}.${process.pid}`;
    writeFileSync(draft, Buffer.concat([hashOf(source, data), data]));
    renameSync(draft, cacheFile);
  } catch {}
}

function hashOf(source, data) {
  return createHash('sha1').update(source, 'latin1').update(data).digest();
}
