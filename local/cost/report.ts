import { type Bill, billOf } from './bill';
import type { DurationKind } from './durations';
import {
  type ExecutionUsage,
  type ExpressObstacle,
  meanUsage,
  type Observation,
  ownUsage,
  usageOfExecution,
} from './execution';
import { MONTHLY, type PriceTable } from './prices';
import { byName, scaled, type Usage } from './usage';

/** Owns the figures that are told of a workflow or of one of its executions. Pure; plain JSON. */
export interface CostReport {
  readonly workflow: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Given when it is one execution's. */
  readonly execution?: string;
  /** How many executions the mean is of. */
  readonly executions: number;
  /** How they ended, the most first: an execution that fails costs less than one that goes its whole way, or more. */
  readonly outcomes: readonly OutcomeCost[];
  /** Of one execution, on average: transitions and retries, those of map runs' Standard executions included, and usage by meter. */
  readonly transitions: number;
  readonly retries: number;
  readonly usage: Usage;
  /** As what it is. */
  readonly bill: Bill;
  readonly standard: Bill;
  /** Undefined when it does what Express does not allow. */
  readonly express?: Bill;
  /** Why it is undefined. */
  readonly expressObstacles: readonly ExpressObstacle[];
  readonly functions: readonly FunctionCost[];
  readonly month?: MonthReport;
}

/** The executions that ended in one status, and what one of them costs on average. */
export interface OutcomeCost {
  readonly status: string;
  readonly executions: number;
  readonly total: number;
}

/** Of one execution, on average. */
export interface FunctionCost {
  readonly name: string;
  readonly invocations: number;
  /** Cold starts included. */
  readonly ms: number;
  readonly gbSeconds: number;
  /** What it would be with no more memory than was in use; undefined where that was not measured. */
  readonly usedGbSeconds?: number;
}

export interface MonthReport {
  readonly executions: number;
  readonly freeTier: boolean;
  readonly bill: Bill;
  readonly fixed: readonly FixedCost[];
  readonly total: number;
}

/** What a stack has that costs by the month: how many of each. */
export type Fixtures = Readonly<Partial<Record<keyof typeof MONTHLY, number>>>;

export interface FixedCost {
  readonly item: keyof typeof MONTHLY;
  readonly count: number;
  readonly amount: number;
}

export interface ReportOptions {
  readonly prices: PriceTable;
  readonly durations: DurationKind;
  readonly execution?: string | undefined;
  readonly month?: { readonly executions: number; readonly freeTier: boolean; readonly fixtures: Fixtures } | undefined;
}

/** @param seen executions of one workflow: one or more */
export function reportOf(workflow: string, seen: readonly Observation[], options: ReportOptions): CostReport {
  const { prices, durations, execution } = options;
  const usages = seen.map((one) => usageOfExecution(one, durations));
  const mean = meanUsage(usages);
  const own = ownUsage(mean);
  return {
    workflow,
    type: mean.type,
    ...(execution !== undefined && { execution }),
    executions: seen.length,
    outcomes: outcomesOf(seen, usages, prices),
    transitions: mean.transitions,
    retries: mean.retries,
    usage: own,
    bill: billOf(own, prices),
    standard: billOf(mean.standard, prices),
    ...(mean.express && { express: billOf(mean.express, prices) }),
    expressObstacles: mean.expressObstacles,
    functions: functionsOf(own),
    ...(options.month && { month: monthOf(own, prices, options.month) }),
  };
}

function outcomesOf(
  seen: readonly Observation[],
  usages: readonly ExecutionUsage[],
  prices: PriceTable,
): OutcomeCost[] {
  const statuses = [...new Set(seen.map(({ status }) => status))];
  return statuses
    .map((status) => {
      const of = usages.filter((_, index) => seen[index]?.status === status);
      return { status, executions: of.length, total: billOf(ownUsage(meanUsage(of)), prices).total };
    })
    .sort((one, other) => other.executions - one.executions);
}

function functionsOf(usage: Usage): FunctionCost[] {
  return byName(usage, 'lambda.requests').map(([name, invocations]) => {
    const of = (meter: string) => usage[`${meter}:${name}`] ?? 0;
    const used = usage[`lambda.usedMbms:${name}`];
    return {
      name,
      invocations,
      ms: of('lambda.ms') + of('lambda.initMs'),
      gbSeconds: (of('lambda.arm64.mbms') + of('lambda.x86_64.mbms')) / GB_SECOND,
      ...(used !== undefined && { usedGbSeconds: used / GB_SECOND }),
    };
  });
}

const GB_SECOND = 1024 * 1000;

function monthOf(usage: Usage, prices: PriceTable, month: NonNullable<ReportOptions['month']>): MonthReport {
  const { executions, freeTier, fixtures } = month;
  const bill = billOf(scaled(usage, executions), prices, { month: true, freeTier });
  const fixed = (Object.entries(fixtures) as Array<[keyof typeof MONTHLY, number]>).flatMap(([item, count]) => {
    const { dollars, free } = MONTHLY[item];
    return count > 0 ? [{ item, count, amount: Math.max(0, count - (freeTier ? free : 0)) * dollars }] : [];
  });
  return { executions, freeTier, bill, fixed, total: bill.total + fixed.reduce((sum, { amount }) => sum + amount, 0) };
}
