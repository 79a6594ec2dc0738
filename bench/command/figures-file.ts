import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Owns the file of figures that `--json` asks for: what was measured, where, when, of which code, beside how much else. */
export class Setting {
  readonly #date = new Date().toISOString();
  readonly #loadBefore = loadavg()[0] ?? 0;

  /** @param command as its user calls it */
  constructor(private readonly command: string) {}

  /** In a line, e.g. `2 cores (AMD EPYC), load 0.1, Node v20.20.2`. */
  get line(): string {
    const [cpu] = cpus();
    return `${cpus().length} cores (${cpu?.model}), load ${this.#loadBefore.toFixed(1)}, Node ${process.version}`;
  }

  /** Whether others use the machine so much that figures are worse than its own. */
  get isBusy(): boolean {
    return this.#loadBefore > cpus().length / 4;
  }

  /** @param options those that the command was run with */
  write(file: string, options: object, figures: object): void {
    const document = {
      command: this.command,
      options,
      date: this.#date,
      ...commit(),
      node: process.version,
      machine: {
        platform: `${process.platform} ${process.arch}`,
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        loadOfOneMinuteBefore: this.#loadBefore,
        loadOfOneMinuteAfter: loadavg()[0],
      },
      figures,
    };
    writeFileSync(file, figuresText(document));
  }
}

/** Of the code that is measured; null outside of a repository. */
function commit(): { readonly commit: string | null; readonly uncommittedChanges?: boolean } {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), uncommittedChanges: git('status', '--porcelain') !== '' };
  } catch {
    return { commit: null };
  }
}

/** Figures as JSON, for the file or for standard output. */
export function figuresText(figures: object): string {
  return `${JSON.stringify(figures, sensibly, 2)}\n`;
}

/** Four digits say all that such a figure knows; whole numbers stay whole. */
function sensibly(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
}
