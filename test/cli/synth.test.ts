import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAssembly } from '../../local/cli/synth';

/** An "app" that records how it was called, in the place of a CDK app. */
const APP = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync(process.env.CDK_OUTDIR, { recursive: true });
writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', process.env.CDK_CONTEXT_JSON);
`;

function project(app = 'node bin/app.js'): string {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-project-'));
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'app.js'), APP);
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ app, context: { stage: 'dev' } }));
  return directory;
}

async function synth(directory: string): Promise<string[]> {
  const commands: string[] = [];
  expect(await ensureAssembly(directory, (command) => commands.push(command))).toBe(join(directory, 'cdk.out'));
  return commands;
}

const age = (path: string, seconds: number) => {
  const time = new Date(Date.now() - seconds * 1000);
  utimesSync(path, time, time);
};

test('synthesizes with the app command, the context and the output directory of the project', async () => {
  const directory = project();
  expect(await synth(directory)).toEqual(['node bin/app.js']);
  const context = JSON.parse(readFileSync(join(directory, 'cdk.out', 'manifest.json'), 'utf8'));
  expect(context).toMatchObject({ stage: 'dev', 'aws:cdk:enable-path-metadata': true });
});

test('synthesizes again only when a source is newer', async () => {
  const directory = project();
  await synth(directory);
  for (const source of ['bin/app.js', 'bin', 'cdk.json']) age(join(directory, source), 120);
  age(join(directory, 'cdk.out', 'manifest.json'), 60);
  expect(await synth(directory)).toEqual([]);
  mkdirSync(join(directory, 'lambda', 'deep'), { recursive: true });
  writeFileSync(join(directory, 'lambda', 'deep', 'handler.ts'), '');
  expect(await synth(directory)).toEqual(['node bin/app.js']);
});

test('says why it cannot', async () => {
  const failing = project('node -e "console.error(\'The stage is unknown.\'); process.exit(1)"');
  await expect(ensureAssembly(failing)).rejects.toThrow(/failed:\nThe stage is unknown\.$/);
  const silent = project('node -e 0');
  await expect(ensureAssembly(silent)).rejects.toThrow(`wrote no cloud assembly to ${join(silent, 'cdk.out')}.`);
  const none = project();
  rmSync(join(none, 'cdk.json'));
  await expect(ensureAssembly(none)).rejects.toThrow(`${none} is no CDK project: there is no cdk.json.`);
  writeFileSync(join(none, 'cdk.json'), '{');
  await expect(ensureAssembly(none)).rejects.toThrow(`${join(none, 'cdk.json')} cannot be read`);
});
