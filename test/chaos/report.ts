import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** What a scenario found wrong: a promise broken, a limit of time or memory passed, or too little seen to say anything. */
export interface Flaw {
  readonly kind: 'breach' | 'incomplete' | 'limit';
  /** The promises of local/runtime/executions.ts that are hit, e.g. 'A'; '' for one without a letter. */
  readonly letters: string;
  /** The first of those that differ only in names and numbers. */
  readonly text: string;
  readonly count: number;
}

/** A breach as the verifying functions tell it: letters and a sentence. */
export type Told = readonly [letters: string, text: string];

/** What one scenario found. */
export interface Finding {
  readonly name: string;
  readonly title: string;
  readonly letters: string;
  readonly figures: Readonly<Record<string, number>>;
  /** What figures may be at most, by their names. */
  readonly limits: Readonly<Record<string, number>>;
  readonly flaws: readonly Flaw[];
  readonly seconds: number;
  /** Of the last minute, when it ended. */
  readonly load: number;
  /** Where the data and the ledger are, after a breach. */
  readonly kept?: string;
}

/** Each verdict with the code with which a run of it ends, the worst first. */
export const EXIT_CODES = { BROKEN: 1, INCOMPLETE: 3, 'OVER LIMIT': 4, kept: 0 } as const;
export type Verdict = keyof typeof EXIT_CODES;
const KINDS = { breach: 'BROKEN', incomplete: 'INCOMPLETE', limit: 'OVER LIMIT' } as const;

export function verdictOf(...findings: ReadonlyArray<Pick<Finding, 'flaws'>>): Verdict {
  const met = new Set<Verdict>(findings.flatMap(({ flaws }) => flaws.map(({ kind }) => KINDS[kind])));
  return (Object.keys(EXIT_CODES) as Verdict[]).find((verdict) => met.has(verdict)) ?? 'kept';
}

/** Collects flaws; those of one kind, equal but for their numbers, are told once and counted. */
export class Flaws {
  readonly #flaws = new Map<string, Flaw>();

  breach(letters: string, text: string): void {
    this.#add('breach', letters, text);
  }

  incomplete(text: string): void {
    this.#add('incomplete', '', text);
  }

  /** Adds each figure that lies above its limit. */
  limit(figures: Readonly<Record<string, number>>, limits: Readonly<Record<string, number>>): void {
    for (const [name, most] of Object.entries(limits)) {
      const value = figures[name];
      if (value !== undefined && value > most)
        this.#add('limit', '', `${name} is ${above(value, most)}, its limit ${most}`);
    }
  }

  get isBroken(): boolean {
    return this.all().some(({ kind }) => kind === 'breach');
  }

  all(): Flaw[] {
    return [...this.#flaws.values()];
  }

  #add(kind: Flaw['kind'], letters: string, text: string): void {
    const line = text.trim().replace(/\s+/g, ' ').slice(0, 600);
    const key = `${kind} ${letters} ${line.replace(/\d+(\.\d+)?/g, '#')}`;
    const alike = this.#flaws.get(key);
    this.#flaws.set(key, alike ? { ...alike, count: alike.count + 1 } : { kind, letters, text: line, count: 1 });
  }
}

/** With as many digits as it takes to see that it is above the limit. */
function above(value: number, most: number): string {
  const digits = [0, 1, 2, 3].find((count) => Number(value.toFixed(count)) > most);
  return digits === undefined ? String(value) : value.toFixed(digits);
}

/** The value below which so much of `values` lies: 0.99 for p99. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

export function rounded(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10 + 0]));
}

/**
 * The line of a finding in a table of all scenarios, and under it what was wrong.
 * @param titles of all lines, for the width of the column
 * @param again the command that repeats it
 */
export function row(finding: Finding, titles: readonly string[], again: string): string {
  const { title, figures, flaws, seconds, kept } = finding;
  const verdict = verdictOf(finding);
  const width = Math.max(...titles.map(({ length }) => length));
  const told = Object.entries(figures).map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`);
  const lines = [
    `${title.padEnd(width)}  ${verdict.padEnd(10)}  ${seconds.toFixed(0).padStart(5)} s  ${told.join(', ')}`,
  ];
  const inOrder = flaws.toSorted((a, b) => a.letters.localeCompare(b.letters) || b.count - a.count);
  lines.push(...inOrder.map((flaw) => `  ! ${sentence(flaw)}`));
  if (flaws.some(({ kind }) => kind === 'limit')) {
    lines.push(
      `    The limits are those of two free cores; this machine's load was ${finding.load.toFixed(1)} on ${cpus().length}, and a busy one goes over them.`,
    );
  }
  if (verdict !== 'kept')
    lines.push('    Again (what hangs on an instant may take some runs to come again):', `      ${again}`);
  if (kept !== undefined) lines.push(`    Kept in ${kept}: ${readdirSync(kept).slice(0, 6).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** A flaw in one line. */
export function sentence({ letters, text, count }: Flaw): string {
  return `${letters === '' ? '' : `(${letters}) `}${text}${count > 1 ? ` (and ${count - 1} more like it)` : ''}`;
}

/** The load of the last minute. */
export function machineLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
