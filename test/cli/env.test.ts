import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { temporaryDirectory } from '../assembly/synthesize';
import { capture } from './capture';

test('a shell takes each value as it is, APIs by their names in capitals', async () => {
  const data = temporaryDirectory();
  const endpoints = {
    aws: 'http://127.0.0.1:4566',
    apis: { 'StepwrightLibrary-dev': 'http://127.0.0.1:4701', '1 "best" API': 'http://127.0.0.1:4702' },
    credentials: { accessKeyId: 'key', secretAccessKey: `it's $HOME "\`id\``, region: 'us-east-1' },
    pid: process.pid,
  };
  writeFileSync(join(data, 'endpoints.json'), JSON.stringify(endpoints));
  const { stdout } = await capture(() => main(['env', '--data', data], localCommands));
  const script = `${stdout}\nprintf '%s|%s|%s' "$AWS_SECRET_ACCESS_KEY" "$STEPWRIGHTLIBRARY_DEV_URL" "$_1__BEST__API_URL"`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
    `${endpoints.credentials.secretAccessKey}|http://127.0.0.1:4701|http://127.0.0.1:4702`,
  );
});
