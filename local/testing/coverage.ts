import type { Point, PointKind } from './coverage-points';
import type { CoverageLine } from './coverage-recorder';

/** Owns what a whole run covered: the lines of all processes put together, counted, and laid out for people. */
export interface MachineCoverage {
  readonly machine: string;
  readonly counts: Readonly<Record<PointKind, Count>>;
  /** Labels of what no test reached. */
  readonly uncovered: readonly string[];
}

export interface Count {
  readonly covered: number;
  readonly total: number;
}

const KINDS: readonly PointKind[] = ['states', 'transitions', 'retriers', 'catchers'];

export function merge(lines: readonly CoverageLine[]): MachineCoverage[] {
  const machines = new Map<string, { points: Map<string, Point>; covered: Set<string> }>();
  for (const { machine, points = [], covered = [] } of lines) {
    const merged = machines.get(machine) ?? { points: new Map(), covered: new Set() };
    machines.set(machine, merged);
    for (const point of points) merged.points.set(point.key, point);
    for (const key of covered) merged.covered.add(key);
  }
  return [...machines]
    .map(([machine, { points, covered }]) => count(machine, [...points.values()], covered))
    .sort((a, b) => (a.machine < b.machine ? -1 : 1));
}

function count(machine: string, points: Point[], covered: ReadonlySet<string>): MachineCoverage {
  const counts = KINDS.map((kind) => {
    const keys = points.filter((point) => point.kind === kind).map(({ key }) => key);
    return [kind, { covered: keys.filter((key) => covered.has(key)).length, total: keys.length }];
  });
  const uncovered = points.filter(({ key }) => !covered.has(key)).map(({ label }) => label);
  return { machine, counts: Object.fromEntries(counts) as MachineCoverage['counts'], uncovered };
}

/** The lowest percentage of its four counts. What has nothing to cover is covered. */
export function lowestPercentage({ counts }: MachineCoverage): number {
  return Math.min(...KINDS.map((kind) => percentage(counts[kind])));
}

function percentage({ covered, total }: Count): number {
  return total === 0 ? 100 : Math.floor((100 * covered) / total);
}

export function table(machines: readonly MachineCoverage[]): string {
  const rows = machines.map(({ machine, counts }) => [
    machine,
    ...KINDS.map((kind) => `${counts[kind].covered}/${counts[kind].total} ${percentage(counts[kind])} %`),
  ]);
  const all = [['State machine', ...KINDS], ...rows];
  const widths = (all[0] as string[]).map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const lines = all.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join('   '),
  );
  const missing = machines.flatMap(({ machine, uncovered }) => [
    ...(uncovered.length > 0 ? [`\nNot covered in ${machine}:`] : []),
    ...uncovered.map((label) => `  ${label}`),
  ]);
  return [...lines, ...missing].join('\n');
}
