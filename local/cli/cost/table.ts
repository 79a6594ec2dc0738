import { styleText } from 'node:util';
import type { Bill, BillLine } from '../../cost/bill';
import type { ExpressObstacle } from '../../cost/execution';
import type { CostReport, FixedCost, FunctionCost, MonthReport } from '../../cost/report';

export interface TableOptions {
  readonly perMillion: boolean;
  readonly colour: boolean;
}

/** What a workflow or an execution costs, for people: what it used by service, what else it could be, its functions. */
export function describeCost(report: CostReport, { perMillion, colour }: TableOptions): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) => (colour ? styleText(style, text) : text);
  const scale = perMillion ? 1_000_000 : 1;
  const lines = [
    paint('bold', title(report)),
    '',
    ...billTable(report.bill, scale, paint),
    totalLine(perMillion ? 'a million executions' : 'one execution', money(report.bill.total * scale), paint),
    ...outcomes(report, scale).map((text) => `  ${text}`),
    '',
    ...alternatives(report, scale).map((text) => `  ${text}`),
    ...functionTable(report.functions, paint),
    ...(report.month ? monthTable(report.month, paint) : []),
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function title({ workflow, type, execution, executions, outcomes: ends }: CostReport): string {
  const kind = type === 'EXPRESS' ? 'Express' : 'Standard';
  const statuses = ends.map(({ status, executions: of }) => (executions === 1 ? status : `${count(of)} ${status}`));
  const which =
    execution !== undefined
      ? `execution ${execution}`
      : executions === 1
        ? 'one execution'
        : `mean of ${count(executions)} executions`;
  return `${workflow} · ${kind} · ${which}: ${statuses.join(', ')}`;
}

/** What those of each status cost, where there are several: the mean is of all of them. */
function outcomes({ outcomes: ends }: CostReport, scale: number): string[] {
  if (ends.length < 2) return [];
  const each = ends.map(({ status, total }) => `${status} ${money(total * scale)}`);
  return [`By status: ${each.join(', ')}. --status leaves the others out.`];
}

const BAR = 20;
/** The widths of service, item, quantity and price. */
const WIDTHS = [16, 30, 12, 19] as const;

function billTable({ lines, total }: Bill, scale: number, paint: Paint): string[] {
  if (lines.length === 0) return ['  Nothing that costs was used.'];
  let before = '';
  return lines.map((line) => {
    const service = line.service === before ? '' : line.service;
    before = line.service;
    const share = total > 0 ? line.amount / total : 0;
    const cells = [
      service.padEnd(WIDTHS[0]),
      line.item.padEnd(WIDTHS[1]),
      quantity(line.quantity * scale).padStart(WIDTHS[2]),
      listPrice(line).padStart(WIDTHS[3]),
      money(line.amount * scale).padStart(14),
    ];
    return `  ${cells.join(' ')}  ${paint('cyan', '█'.repeat(Math.round(share * BAR)))}`.trimEnd();
  });
}

function totalLine(what: string, amount: string, paint: Paint): string {
  const width = WIDTHS.reduce((sum, one) => sum + one + 1, 0);
  return `  ${what.padStart(width - 1)} ${paint('bold', amount.padStart(14))}`;
}

function alternatives(report: CostReport, scale: number): string[] {
  const { type, standard, express, expressObstacles, transitions, retries, bill } = report;
  const retried = retries > 0 ? `, ${quantity(retries)} of them retries` : '';
  const path = `${quantity(transitions)} ${transitions === 1 ? 'transition' : 'transitions'}${retried}.`;
  if (type === 'EXPRESS')
    return [`${path} As Standard: ${money(standard.total * scale)}${factor(standard.total, bill.total)}.`];
  if (express === undefined) {
    const why = expressObstacles.map((obstacle) => OBSTACLES[obstacle]);
    return [`${path} As Express: not possible, it ${new Intl.ListFormat('en-GB').format(why)}.`];
  }
  return [`${path} As Express: ${money(express.total * scale)}${factor(express.total, bill.total)}.`];
}

const OBSTACLES: Readonly<Record<ExpressObstacle, string>> = {
  token: 'waits for a task token',
  job: 'waits for a job',
  activity: 'waits for an activity',
  distributedMap: 'runs a distributed Map',
  duration: 'takes longer than 5 minutes',
};

function factor(other: number, own: number): string {
  if (!(own > 0) || !(other > 0)) return '';
  return other >= own ? `, ${(other / own).toFixed(1)} times as much` : `, ${(own / other).toFixed(1)} times cheaper`;
}

function functionTable(functions: readonly FunctionCost[], paint: Paint): string[] {
  if (functions.length === 0) return [];
  const rows = functions.map(({ name, invocations, ms, gbSeconds, usedGbSeconds }) => [
    shortName(name),
    quantity(invocations),
    quantity(ms),
    gbSeconds.toFixed(4),
    usedGbSeconds === undefined ? '' : usedGbSeconds.toFixed(4),
  ]);
  const head = ['function', 'invocations', 'ms', 'GB-s, configured', 'GB-s, memory in use'];
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number))).join('  ')}`.trimEnd();
  return ['', paint('dim', line(head)), ...rows.map(line)];
}

/** Without the stack in front of it, and what CloudFormation or the local cloud put behind it. */
function shortName(name: string): string {
  return (
    name
      .replace(/-[0-9a-f]{8}$|-[A-Za-z0-9]{12}$/, '')
      .replace(/[0-9A-F]{8}$/, '')
      .replace(/^.*-/, '') || name
  );
}

function monthTable({ executions, freeTier, bill, fixed, total }: MonthReport, paint: Paint): string[] {
  const free = freeTier ? ', what is free every month taken off' : '';
  return [
    '',
    paint('bold', `  ${count(executions)} executions a month${free}`),
    '',
    ...billTable(bill, 1, paint),
    ...fixed.map((one) => fixedLine(one)),
    totalLine('a month', money(total), paint),
  ];
}

function fixedLine({ item, count: amount, amount: dollars }: FixedCost): string {
  const cells = ['always'.padEnd(WIDTHS[0]), `${item}s`.padEnd(WIDTHS[1]), quantity(amount).padStart(WIDTHS[2])];
  return `  ${cells.join(' ')} ${''.padStart(WIDTHS[3])} ${money(dollars).padStart(14)}`;
}

function listPrice({ dollars, per }: BillLine): string {
  return per === 1 ? `$${Number(dollars.toPrecision(4))} each` : `$${trimmed(dollars)} a million`;
}

/** As many decimals as say something. */
export function money(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars >= 0.01)
    return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${dollars.toFixed(Math.min(12, 2 - Math.floor(Math.log10(dollars))))}`;
}

function trimmed(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}

export function quantity(value: number): string {
  if (Number.isInteger(value)) return count(value);
  return value >= 0.001 ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value.toExponential(1);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
