import { type Goal, goalText, isMissed, OTHERS, SHARES, WAITING, WAITING_AT } from './goals';
import type { CloudFigures } from './local-cloud';
import { boundOf, type Comparison } from './rates';
import type { Curve, WaitingFigures } from './waiting';
import { WORKLOADS } from './workloads';

/** Owns how the figures are shown: tables in which each column says whose it is, and each missed goal is marked. */
export interface Section {
  /** Heads of the first column and of the others; a goal's is added where rows have one. */
  readonly heads: readonly string[];
  /** What columns have in common, written above them: text and number of columns, from the second on. */
  readonly above?: ReadonlyArray<readonly [string, number]>;
  readonly rows: readonly Row[];
}

interface Row {
  readonly cells: readonly string[];
  readonly judged?: Judged;
  /** In place of the goal, why there is none to compare with. */
  readonly note?: string;
}

interface Judged {
  /** The figure's name outside of its table. */
  readonly figure: string;
  readonly value: number;
  readonly goal: Goal;
}

export function ratesSection(rates: readonly Comparison[]): Section {
  return {
    above: [
      ['', 1],
      ['yardstick', 2],
      ['Stepwright', 4],
    ],
    heads: ['a workload', 'callers', 'a second', 'CPU ms', 'a second', 'CPU ms', 'p50 ms', 'p99 ms', 'share'],
    rows: rates.map(({ workload, callers, shareOfYardstick: value, yardstick, stepwright }) => {
      const goal = SHARES[workload]?.[callers];
      const figure = `${workload} at ${callers === 1 ? '1 caller' : `${callers} callers`}`;
      return {
        cells: [
          `${workload} ${WORKLOADS[workload]?.title}`,
          String(callers),
          yardstick.executionsPerSecond.toFixed(0),
          yardstick.cpuMsEach.toFixed(2),
          stepwright.executionsPerSecond.toFixed(0),
          stepwright.cpuMsEach.toFixed(2),
          stepwright.p50Ms.toFixed(2),
          stepwright.p99Ms.toFixed(2),
          value.toFixed(2),
        ],
        ...(goal && { judged: { figure, value, goal } }),
      };
    }),
  };
}

interface Waiting {
  readonly executions: number;
  readonly yardstick: WaitingFigures;
  readonly stepwright: WaitingFigures;
  readonly stepwrightAlone: WaitingFigures;
}

export function waitingSection({ executions, yardstick, stepwright, stepwrightAlone }: Waiting): Section {
  const share = stepwright.startsPerSecond / yardstick.startsPerSecond;
  const ratio = stepwright.describeP50Ms / yardstick.describeP50Ms;
  const against = (figure: string, value: number, goal: Goal) =>
    executions === WAITING_AT ? { judged: { figure, value, goal } } : { note: `only at ${WAITING_AT}` };
  return {
    heads: [`W5 ${executions} executions that wait`, 'Stepwright', "times yardstick's"],
    rows: [
      {
        cells: ['starts a second', stepwright.startsPerSecond.toFixed(0), share.toFixed(2)],
        ...against('W5 starts', share, WAITING.startsShare),
      },
      {
        cells: ['memory of each, KiB', stepwrightAlone.kibEach.toFixed(1), ''],
        ...against('W5 memory', stepwrightAlone.kibEach, WAITING.kibEach),
      },
      {
        cells: ['DescribeExecution, p50 ms', stepwright.describeP50Ms.toFixed(2), ratio.toFixed(1)],
        ...against('W5 DescribeExecution', ratio, WAITING.describeRatio),
      },
      { cells: ['open files and sockets', String(stepwright.openHandles), ''] },
    ],
  };
}

interface Others {
  readonly syncP50Ms: number;
  readonly rates: readonly Comparison[];
  readonly jsonata: { readonly timesJsonataAlone: number };
  readonly cloud: CloudFigures;
}

export function othersSection({ syncP50Ms, rates, jsonata, cloud }: Others): Section {
  const row = (title: string, value: number, digits: number): Row => ({ cells: [title, value.toFixed(digits)] });
  const goal = (title: string, figure: string, value: number, goal: Goal): Row => ({
    ...row(title, value, goal.digits),
    judged: { figure, value, goal },
  });
  return {
    heads: ['others', 'figure'],
    rows: [
      row('a sync of the disk after a pause, p50 ms', syncP50Ms, 2),
      row('W1 with one caller, the share that it allows', boundOf(rates, syncP50Ms), 2),
      goal('W6X JSONata within bounds, times JSONata alone', 'W6X', jsonata.timesJsonataAlone, OTHERS.jsonata),
      goal('W7 warm function, p50 ms', 'W7', cloud.lambdaP50Ms, OTHERS.warmFunction),
      row('the same in the first 200 calls of a local cloud', cloud.lambdaFirstP50Ms, 2),
      goal('start on a cached assembly, ms until ready', 'the start', cloud.readyMs, OTHERS.ready),
      goal('its memory, MiB', "a start's memory", cloud.memoryMib, OTHERS.memory),
    ],
  };
}

export function growthSection(growth: readonly Curve[]): Section {
  return {
    heads: ['growth: CPU ms for each', '', '', ''],
    rows: growth.map(({ title, unit, points }) => ({
      cells: [
        `${title}, each ${unit}`,
        ...points.map(({ size, cpuMsEach }) => `${String(size).padStart(4)}: ${cpuMsEach.toFixed(3)}`),
      ],
    })),
  };
}

/** The figures in these sections that have a goal, for the file of figures. */
export function goalsIn(sections: readonly Section[]) {
  return sections.flatMap(({ rows }) =>
    rows.flatMap(({ judged }) => {
      if (!judged) return [];
      const { figure, value, goal } = judged;
      const bound = goal.at === 'least' ? { atLeast: goal.value } : { atMost: goal.value };
      return [{ figure, value, ...bound, missed: isMissed(value, goal) }];
    }),
  );
}

export function missedLine(goals: ReturnType<typeof goalsIn>): string {
  const missed = goals.filter((goal) => goal.missed).map(({ figure }) => figure);
  if (missed.length === 0) return `All ${goals.length} goals are reached.`;
  return `${missed.length} of ${goals.length} goals are missed: ${missed.join(', ')}.`;
}

export function table({ heads, above = [], rows }: Section): string {
  const hasGoals = rows.some(({ judged, note }) => judged ?? note);
  const lines = rows.map(({ cells, judged, note = '' }) => {
    if (!judged) return [...cells, note, ''];
    return [...cells, goalText(judged.goal), isMissed(judged.value, judged.goal) ? 'missed' : ''];
  });
  const all = [hasGoals ? [...heads, 'goal', ''] : heads, ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  const top = above.length > 0 ? [groups(above, widths)] : [];
  return [...top, ...all.map(line)].map((text) => `${text.trimEnd()}\n`).join('');
}

/** Each text in dashes over its columns. */
function groups(above: ReadonlyArray<readonly [string, number]>, widths: readonly number[]): string {
  let column = 1;
  const texts = above.map(([text, columns]) => {
    const own = widths.slice(column, column + columns);
    column += columns;
    const width = own.reduce((sum, each) => sum + each, 2 * (columns - 1));
    if (text === '') return ' '.repeat(width);
    const dashes = width - text.length - 2;
    return `${'-'.repeat(Math.floor(dashes / 2))} ${text} ${'-'.repeat(Math.ceil(dashes / 2))}`;
  });
  return [' '.repeat(widths[0] ?? 0), ...texts].join('  ');
}
