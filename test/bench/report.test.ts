import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  goalsIn,
  growthSection,
  missedLine,
  othersSection,
  ratesSection,
  table,
  waitingSection,
} from '../../bench/speed/report';

const rate = (executionsPerSecond: number) => ({ executionsPerSecond, cpuMsEach: 1.5, p50Ms: 2, p99Ms: 5 });
const comparison = (workload: string, callers: number, shareOfYardstick: number) => {
  return { workload, callers, shareOfYardstick, yardstick: rate(2000), stepwright: rate(2000 * shareOfYardstick) };
};
const rates = ['W1', 'W2', 'W3', 'W4'].flatMap((name) => [comparison(name, 1, 0.396), comparison(name, 16, 0.44)]);

const waiting = (executions: number) => {
  const of = (startsPerSecond: number, describeP50Ms: number) => {
    return { startsPerSecond, kibEach: 22, describeP50Ms, openHandles: 109 };
  };
  return { executions, yardstick: of(8000, 0.2), stepwright: of(2000, 0.3), stepwrightAlone: of(2000, 0.3) };
};

const cloud = { readyMs: 350.4, memoryMib: 78, lambdaFirstP50Ms: 5, lambdaP50Ms: 3.07, lambdaP99Ms: 9 };
const others = { syncP50Ms: 0.63, rates, jsonata: { timesJsonataAlone: 0.98 }, cloud };
const curve = (title: string, unit: string) => {
  return { title, unit, points: [250, 1000, 4000].map((size) => ({ size, cpuMsEach: 0.006 })) };
};
const growth = [
  curve('states in a row', 'state'),
  curve('branches of a Parallel', 'branch'),
  curve('items of a Map', 'item'),
  curve('executions in the store', 'execution'),
];

test('each column says whose it is, and a missed goal is marked', () => {
  const [groups, heads, alone, together] = table(ratesSection(rates)).split('\n') as [string, string, string, string];
  // From the end of the column before to the end of its last column.
  expect(groups.indexOf('yardstick')).toBeGreaterThan(heads.indexOf('callers'));
  expect(groups.indexOf('Stepwright')).toBeGreaterThan(heads.indexOf('CPU ms') + 'CPU ms'.length);
  expect(groups.length).toBe(heads.indexOf('p99 ms') + 'p99 ms'.length);
  expect(alone).toMatch(/^W1 10 Pass states +1 .* 0\.40 {2}≥ 0\.40$/);
  expect(together).toMatch(/ 0\.44 {2}≥ 0\.25$/);
  expect(table(ratesSection([comparison('W4', 16, 0.444)]))).toMatch(/ 0\.44 {2}≥ 0\.45 {2}missed\n$/);
});

test('goals of 10,000 waiting executions are told at that size only', () => {
  const whole = table(waitingSection(waiting(10_000)));
  expect(whole).toMatch(/memory of each, KiB +22\.0 +≤ 6\.0 {2}missed\n/);
  const small = table(waitingSection(waiting(1000)));
  expect(small).toMatch(/memory of each, KiB +22\.0 +only at 10000\n/);
  expect(small).not.toContain('missed');
  expect(goalsIn([waitingSection(waiting(1000))])).toEqual([]);
});

test('says at the end which goals are missed', () => {
  const goals = goalsIn([ratesSection(rates), waitingSection(waiting(10_000)), othersSection(others)]);
  expect(goals).toHaveLength(14);
  expect(goals).toContainEqual({ figure: 'W7', value: 3.07, atMost: 2, missed: true });
  expect(goals).toContainEqual({ figure: 'the start', value: 350.4, atMost: 350, missed: false });
  expect(missedLine(goals)).toBe('4 of 14 goals are missed: W4 at 16 callers, W5 starts, W5 memory, W7.');
  expect(missedLine(goals.filter(({ missed }) => !missed))).toMatch(/^All \d+ goals are reached\.$/);
});

test('docs/performance.md shows the tables as they are printed today', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'performance.md'), 'utf8');
  const shown = (mark: string) => page.split(`<!-- ${mark} -->\n\`\`\`\n`)[1]?.split('```')[0] ?? '';
  // The first column's texts, and what stands in the others but for the figures.
  const form = (text: string) =>
    text
      .replace(/ +missed$/gm, '')
      .replace(/[\d.]+/g, '0')
      .replace(/[ -]+/g, ' ');
  const printed = [ratesSection(rates), waitingSection(waiting(10_000)), othersSection(others)].map(table).join('\n');
  const [tables = '', last = ''] = shown('bench').split(/\n(?=[^\n]* goals are )/);
  expect(form(tables)).toBe(form(printed));
  const missed = tables.match(/missed$/gm) ?? [];
  expect(last).toMatch(missed.length > 0 ? `${missed.length} of 14 goals are missed: ` : 'All 14 goals are reached.');
  expect(form(shown('growth'))).toBe(form(table(growthSection(growth)).replace(/^.*\n/, '')));
});
