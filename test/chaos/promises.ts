import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, sentence, verdictOf } from './report';

/**
 * Owns the table of promises: its last run in docs/promises.md, written by `npm run chaos -- --docs`, and the README's
 * table, which is made from that one. What is promised, and how it is tested, people write in docs/promises.md.
 */
const root = join(__dirname, '../..');
const PAGE = join(root, 'docs/promises.md');
const README = join(root, 'README.md');
const TABLE = /(<!-- promises -->\n)([\s\S]*?)(<!-- end -->)/;

export type Row = Record<string, string>;
type Figures = (name: string) => string;

/** What a scenario's figures say of each promise that it looks at, in the order of their rows. */
const LAST_RUN: Record<string, ReadonlyArray<(of: Figures) => string>> = {
  kill: [
    (of) =>
      `${of('deaths')} deaths, ${of('acknowledged calls')} acknowledged calls, ${of('executions')} executions: nothing lost, doubled or stuck`,
    (of) => `${of('events')} events read back`,
    (of) =>
      `none missing; ${of('calls made again')} made again, of ${of('calls under way at deaths')} under way at a death`,
  ],
  cloud: [
    (of) =>
      `${of('deaths')} deaths, ${of('acknowledged calls')} acknowledged calls: nothing lost, no transaction halved, the clock never back`,
  ],
  power: [
    (of) =>
      `${of('cuts')} cuts, ${of('acknowledged calls')} acknowledged calls: opened each time, nothing lost, doubled or stuck`,
  ],
  answers: [
    (of) =>
      `${of('tokens')} tokens, ${of('answers')} answers, ${of('successes')} successes; ${of('races')} races, one outcome each`,
  ],
  time: [
    (of) =>
      `${of('waits')} waits and 3 jumps: none early, none stuck, at most ${of('late most ms (real)')} ms late, event times never back`,
  ],
  disk: [
    (of) =>
      `${of('faults')} faults, ${of('acknowledged calls')} acknowledged calls: each ended the process with a sentence, nothing lost`,
  ],
  damage: [(of) => `${of('damages')} damages: ${of('refused')} refused, ${of('opened right')} opened with all content`],
  waiting: [
    (of) =>
      `${of('executions')}: ${of('MiB started')} MiB, ready after ${of('ready ms')} ms; while ${of('timers due at once')} timers were due at once a caller waited ${of('describe p99 ms')} ms (p99)`,
  ],
  functions: [
    (of) =>
      `${of('calls')} calls, each failed by its name; ${of('questions')} questions meanwhile, p99 ${of('describe p99 ms')} ms`,
  ],
  soak: [
    (of) =>
      `${of('seconds')} s, ${of('acknowledged calls')} calls: memory ${of('MiB after warm-up')} → ${of('MiB at the end')} MiB, handles ${of('handles after warm-up')} → ${of('handles at the end')}`,
  ],
};

/** Writes what was found into both pages. @param findings by the name of the scenario */
export function tellLastRun(findings: Readonly<Record<string, Finding>>): void {
  const page = withLastRun(readFileSync(PAGE, 'utf8'), findings);
  writeFileSync(PAGE, page);
  writeFileSync(README, withPromises(readFileSync(README, 'utf8'), page));
}

/** A page like docs/promises.md with these findings in it; rows of other scenarios stay. */
export function withLastRun(page: string, findings: Readonly<Record<string, Finding>>): string {
  const seen = new Map<string, number>();
  const rows = promises(page).map((row) => {
    const name = scenarioOf(row);
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    const finding = findings[name];
    return finding ? { ...row, 'last run': lastRun(row, name, place, finding) } : row;
  });
  return withRows(page, rows);
}

/** The README with the promises of docs/promises.md. */
export function withPromises(readme: string, page: string): string {
  return withRows(
    readme,
    promises(page).map(({ promise = '', 'last run': run = '' }) => ({ promise, 'last run': run })),
  );
}

/** The rows of the table of promises on a page, by the names of its columns. */
export function promises(page: string): Row[] {
  const [head = [], , ...rows] = (TABLE.exec(page)?.[2] ?? '')
    .trim()
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '));
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

/** The scenario whose command a row names. */
export function scenarioOf(row: Row): string {
  return /--only ([a-z]+)/.exec(row.command ?? '')?.[1] ?? '';
}

/** What was kept is told by its figures; what was not by what was wrong, by this row's letter first. */
function lastRun({ promise = '' }: Row, name: string, place: number, finding: Finding): string {
  const told = LAST_RUN[name]?.[place];
  if (!told) throw new Error(`Row ${place + 1} of '${name}' in docs/promises.md has no sentence.`);
  const { figures, flaws } = finding;
  const [, letter = ''] = /\(([A-F])\)/.exec(promise) ?? [];
  const worst = flaws.filter((flaw) => verdictOf({ flaws: [flaw] }) === verdictOf(finding));
  const flaw = worst.find(({ letters }) => letters.includes(letter)) ?? worst[0];
  if (flaw) return `**${verdictOf(finding).toLowerCase()}**: ${sentence(flaw).replaceAll('|', '\\|')}`;
  return told((figure) => {
    const value = figures[figure];
    if (value === undefined) throw new Error(`'${name}' has no figure '${figure}'.`);
    return (value < 100 ? value : Math.round(value)).toLocaleString('en-US');
  });
}

function withRows(page: string, rows: readonly Row[]): string {
  const head = Object.keys(rows[0] ?? {});
  const lines = [head, head.map(() => '---'), ...rows.map((row) => head.map((name) => row[name] ?? ''))];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  return page.replace(TABLE, (_, begin: string, __, end: string) => `${begin}${table}${end}`);
}
