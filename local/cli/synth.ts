import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, type JsonObject } from '../asl/json';
import { CommandFailure } from './command';

/** What a CDK project's assembly is made from; the rest changes nothing in it. */
const SOURCES = ['bin', 'lib', 'lambda', 'statemachines', 'cdk.json', 'cdk.context.json', 'package-lock.json'];

/**
 * The project's cloud assembly, synthesized if it is missing or older than what it is made from, by running the `app`
 * command of cdk.json as the CDK CLI would.
 * @param onSynth told the command before it runs
 * @throws CommandFailure with the command's output when it fails
 */
export async function ensureAssembly(project: string, onSynth: (command: string) => void = () => {}): Promise<string> {
  const configuration = readConfiguration(project);
  const outdir = resolve(project, typeof configuration.output === 'string' ? configuration.output : 'cdk.out');
  const written = modifiedAt(join(outdir, 'manifest.json'));
  if (written > Math.max(...SOURCES.map((source) => newestIn(join(project, source))))) return outdir;
  if (typeof configuration.app !== 'string') {
    throw new CommandFailure(`${join(project, 'cdk.json')} names no 'app' command to synthesize with.`);
  }
  onSynth(configuration.app);
  await runApp(configuration.app, project, outdir, contextOf(project, configuration));
  if (modifiedAt(join(outdir, 'manifest.json')) <= written) {
    throw new CommandFailure(`'${configuration.app}' wrote no cloud assembly to ${outdir}.`);
  }
  return outdir;
}

function readConfiguration(project: string): JsonObject {
  const file = join(project, 'cdk.json');
  if (!existsSync(file)) {
    throw new CommandFailure(
      `${project} is no CDK project: there is no cdk.json. Go to one, or name a cloud assembly with --assembly.`,
    );
  }
  return readObject(file);
}

function contextOf(project: string, configuration: JsonObject): JsonObject {
  const looked = join(project, 'cdk.context.json');
  return {
    ...(isObject(configuration.context) ? configuration.context : {}),
    ...(existsSync(looked) ? readObject(looked) : {}),
    // What the CDK CLI sets, so that the templates are those that it would deploy.
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
  };
}

function readObject(file: string): JsonObject {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isObject(value)) return value;
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
  throw new CommandFailure(`${file} is not a JSON object.`);
}

async function runApp(command: string, project: string, outdir: string, context: JsonObject): Promise<void> {
  const app = spawn(command, {
    cwd: project,
    shell: true,
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((done, failed) => app.once('error', failed).once('close', done));
  if (code !== 0) throw new CommandFailure(`'${command}' failed:\n${output.trim()}`);
}

function newestIn(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((newest, { name }) => Math.max(newest, newestIn(join(path, name))), found.mtimeMs);
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
