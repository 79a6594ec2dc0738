import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeAssembly } from '../assembly/synthesize';

test('the README starts the local cloud from a project that has installed Stepwright by its path', async () => {
  const [, block = ''] = /^```sh own\n([\s\S]*?)^```$/m.exec(readFileSync('README.md', 'utf8')) ?? [];
  const [install, start = ''] = block.trim().split('\n');
  expect(install).toBe('npm install --save-dev file:../stepwright');
  // What that leaves in the project.
  const project = mkdtempSync(join(tmpdir(), 'stepwright-own-'));
  mkdirSync(join(project, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(resolve('.'), join(project, 'node_modules', 'stepwright'));
  symlinkSync('../stepwright/bin/stepwright.mjs', join(project, 'node_modules', '.bin', 'stepwright'));
  symlinkSync(writeAssembly('Own', { Topic: { Type: 'AWS::SNS::Topic' } }), join(project, 'cdk.out'));

  const argv = [...start.split(' ').slice(1), '--port', '0', '--aws-port', '0'];
  const child = spawn(process.execPath, [`node_modules/.bin/${argv[0]}`, ...argv.slice(1)], { cwd: project });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk;
    if (stdout.includes('Ready after')) child.kill('SIGTERM');
  });
  const [code] = await once(child, 'close');
  rmSync(project, { recursive: true });
  expect(stdout).toContain('Own-Topic-');
  expect(code).toBe(0);
}, 60_000);
