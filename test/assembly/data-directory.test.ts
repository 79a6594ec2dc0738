import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadIdentity, makeDataDirectory } from '../../local/assembly/data-directory';
import { DataDirectoryError } from '../../local/assembly/errors';
import { temporaryDirectory } from './synthesize';

test('keys are drawn once for a data directory, and anew for each cloud in memory', () => {
  const dir = temporaryDirectory();
  expect(loadIdentity(dir)).toEqual(loadIdentity(dir));
  expect(loadIdentity(undefined).secretAccessKey).not.toBe(loadIdentity(undefined).secretAccessKey);
});

test('account and region are taken once for a data directory', () => {
  const dir = temporaryDirectory();
  const environment = { accountId: '111122223333', region: 'eu-west-1' };
  expect(loadIdentity(dir, environment)).toMatchObject(environment);
  expect(loadIdentity(dir)).toMatchObject(environment);
  const keys = '{"accessKeyId":"AKIA","secretAccessKey":"s"}';
  writeFileSync(join(dir, 'keys.json'), keys);
  expect(loadIdentity(dir, environment)).toMatchObject({ accountId: '123456789012', region: 'us-east-1' });
});

test.each(['{', '[]', '{"accessKeyId":"AKIA"}', '{"accessKeyId":"AKIA","secretAccessKey":"s","accountId":1}'])(
  'a damaged file of keys, %s, is named and left alone',
  (content) => {
    const dir = temporaryDirectory();
    const file = join(dir, 'keys.json');
    writeFileSync(file, content);
    expect(() => loadIdentity(dir)).toThrow(DataDirectoryError);
    expect(() => loadIdentity(dir)).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);

test('a data directory that cannot be made is named', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  expect(() => makeDataDirectory(join(file, 'data'))).toThrow(
    `The data directory ${join(file, 'data')} cannot be made: ${file} is a file.`,
  );
  // Where Node's own recursive mkdir tries for ever.
  if (existsSync('/proc')) expect(() => makeDataDirectory('/proc/none/data')).toThrow('cannot be made');
});
