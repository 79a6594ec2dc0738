import { type DurationKind, withModelledDurations, workingMs } from './durations';
import { type ExpressSize, fitsExpress, usageOfExpress } from './express';
import { scaled, sumOf, type Usage } from './usage';

/** What is known of an execution that has to do with its cost, wherever it ran. Plain JSON. */
export interface Observation extends ExpressSize {
  readonly executionArn: string;
  readonly stateMachineName: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly status: string;
  /** ms from its start to its end, or to now. */
  readonly elapsedMs: number;
  readonly transitions: number;
  readonly retries: number;
  readonly needsStandard: boolean;
  /** Whether X-Ray traces it. */
  readonly tracing: boolean;
  /** Of everything around it: calls, functions, logs, what set it off. */
  readonly usage: Usage;
  /** The executions of its map runs, which are a part of it. */
  readonly parts?: readonly Observation[];
}

/** X-Ray's default rule records the first request of each second and 5 % of the others: of many, that is 5 %. */
const SAMPLED = 0.05;

export interface ExecutionUsage {
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly standard: Usage;
  /** Undefined when it did what Express does not allow. */
  readonly express: Usage | undefined;
}

/** What the execution uses on AWS as a Standard one and as an Express one. */
export function usageOfExecution(seen: Observation, kind: DurationKind): ExecutionUsage {
  const around = sumOf([
    kind === 'modelled' ? withModelledDurations(seen.usage) : seen.usage,
    seen.tracing ? { 'xray.traces': SAMPLED } : {},
  ]);
  // Under a clock that jumps no time passes while something works.
  const ms = Math.max(seen.elapsedMs, workingMs(around, seen.transitions));
  const isPossible = seen.type === 'EXPRESS' || (!seen.needsStandard && fitsExpress(ms));
  const parts = (seen.parts ?? []).map((part) => ownUsage(usageOfExecution(part, kind)));
  return {
    type: seen.type,
    standard: sumOf([around, { 'states.transitions': seen.transitions }, ...parts]),
    express: isPossible ? sumOf([around, usageOfExpress(ms, seen), ...parts]) : undefined,
  };
}

/** The mean of several executions of one workflow; Express is possible when it is for all of them. */
export function meanUsage(usages: readonly ExecutionUsage[]): ExecutionUsage {
  const [first] = usages;
  if (!first) throw new Error('The mean of no executions');
  const mean = (all: readonly Usage[]) => scaled(sumOf(all), 1 / all.length);
  const express = usages.map((usage) => usage.express).filter((usage) => usage !== undefined);
  return {
    type: first.type,
    standard: mean(usages.map(({ standard }) => standard)),
    express: express.length === usages.length ? mean(express) : undefined,
  };
}

/** What it uses as what it is. */
export function ownUsage({ type, standard, express }: ExecutionUsage): Usage {
  return type === 'EXPRESS' && express ? express : standard;
}
