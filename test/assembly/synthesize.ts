import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';

/** Synthesizes a CDK app made for a test; answers its cloud assembly's directory. */
export function synthesize(build: (app: App) => void): string {
  const outdir = join(temporaryDirectory(), 'cdk.out');
  const app = new App({ outdir, analyticsReporting: false });
  build(app);
  app.synth({ skipValidation: true });
  return outdir;
}

/** A directory with Lambda code in its index.js. */
export function codeDirectory(source: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'index.js'), source);
  return directory;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'stepwright-test-'));
}

/** Writes a cloud assembly of one stack with these resources and outputs, as CDK would, in a fraction of the time. */
export function writeAssembly(stackName: string, resources: Record<string, object>, outputs: object = {}): string {
  const directory = temporaryDirectory();
  const templateFile = `${stackName}.template.json`;
  const artifacts = { [stackName]: { type: 'aws:cloudformation:stack', properties: { templateFile } } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  writeFileSync(join(directory, templateFile), JSON.stringify({ Resources: resources, Outputs: outputs }));
  return directory;
}
