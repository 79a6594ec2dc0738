import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/**
 * The app's cloud assembly, synthesized once for all test files and runs: it is kept under the hash of all that it is
 * made from. The real app in a process of its own, as `cdk synth` runs it.
 */
const root = resolve(__dirname, '..', '..');
const sources = ['bin/app.ts', 'lib', 'lambda', 'statemachines', 'local/asl', 'cdk.json', 'package-lock.json'];
const cache = join(root, 'node_modules', '.cache', 'stepwright-assembly');
/** Those of this process, by what the stage says: sources do not change while tests run. */
const directories = new Map<string, string>();

/**
 * The directory of the assembly ('cdk.out'); never write to it.
 * @param stage what the configuration of the stage says beside what cdk.json says
 */
export function assembly(stage: Record<string, unknown> = {}): string {
  const key = JSON.stringify(stage);
  const known = directories.get(key);
  if (known !== undefined) return known;
  const directory = join(cache, fingerprint(key));
  if (!existsSync(directory)) alone(directory, () => synthesizeInto(directory, stage));
  directories.set(key, directory);
  return directory;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON.
export type Template = { Resources: Record<string, { Type: string; Properties: any; DeletionPolicy?: string }> };

/** A stack's template, e.g. `template('StepwrightShared')`, of the app as `assembly` makes it. */
export function template(stack: string, stage: Record<string, unknown> = {}): Template {
  return JSON.parse(readFileSync(join(assembly(stage), `${stack}.template.json`), 'utf8'));
}

/**
 * Runs the app with other context values; answers what it printed on stderr, and its exit code.
 * @param isChecked whether CDK checks the templates too, which takes it seconds
 */
export function runApp(context: Record<string, unknown>, isChecked = false) {
  const outdir = mkdtempSync(join(ensureCache(), 'run-'));
  const defaults = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
  try {
    execFileSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
      cwd: root,
      env: {
        ...process.env,
        CDK_VALIDATION: String(isChecked),
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify({ ...defaults, ...context }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    return { code: 0, stderr: '', outdir };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, stderr, outdir };
  }
}

/** Lets one test process make a directory while the others that need it wait: it takes seconds of both processors. */
function alone(directory: string, make: () => void): void {
  const lock = `${join(ensureCache(), basename(directory))}.lock`;
  for (let waited = 0; waited < LONGEST_SYNTH_MS; waited += LOOK_EACH_MS) {
    if (existsSync(directory)) return;
    try {
      mkdirSync(lock);
      break;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EACH_MS);
    }
  }
  try {
    if (!existsSync(directory)) make();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A process that died left its lock: after so long it is taken over. */
const LONGEST_SYNTH_MS = 90_000;
const LOOK_EACH_MS = 100;

function synthesizeInto(directory: string, stage: Record<string, unknown>): void {
  const { dev } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context.stepwright;
  // The stage as it is by default is the one whose templates CDK checks: the others differ from it in a few values.
  const isDefault = Object.keys(stage).length === 0;
  const { code, stderr, outdir } = runApp({ stepwright: { dev: { ...dev, ...stage } } }, isDefault);
  if (code !== 0) throw new Error(`The app does not synthesize:\n${stderr}`);
  try {
    renameSync(outdir, directory);
  } catch (error) {
    // Another test process was faster; its assembly is the same.
    if (!existsSync(directory)) throw error;
    rmSync(outdir, { recursive: true });
  }
  for (const old of readdirSync(cache)) {
    const isStale = Date.now() - statSync(join(cache, old)).mtimeMs > 3_600_000;
    if (isStale && join(cache, old) !== directory) rmSync(join(cache, old), { recursive: true, force: true });
  }
}

function fingerprint(stage: string): string {
  const hash = createHash('sha256').update(stage);
  for (const source of sources) {
    const path = join(root, source);
    const files = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }).sort() : [''];
    for (const file of files) {
      const full = join(path, file);
      if (statSync(full).isFile()) hash.update(`${source}/${file}\n`).update(readFileSync(full));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

function ensureCache(): string {
  mkdirSync(cache, { recursive: true });
  return cache;
}
