import { type DurationKind, withModelledDurations, workingMs } from './durations';
import { type ExpressSize, fitsExpress, usageOfExpress } from './express';
import type { StandardOnly } from './history';
import { scaled, sumOf, type Usage } from './usage';

/** What is known of an execution that has to do with its cost, wherever it ran. Plain JSON. */
export interface Observation extends ExpressSize {
  readonly executionArn: string;
  readonly stateMachineName: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly status: string;
  /** ms from its start to its end, or to now. */
  readonly elapsedMs: number;
  /** Its own, without those of its parts. */
  readonly transitions: number;
  readonly retries: number;
  readonly standardOnly: readonly StandardOnly[];
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
  /** Why it is undefined. */
  readonly expressObstacles: readonly ExpressObstacle[];
  /** Those that are billed as such: its own, and those of its Standard parts. */
  readonly transitions: number;
  readonly retries: number;
}

/** What keeps an execution from being Express: what it did, or that it took longer than 5 minutes. */
export type ExpressObstacle = StandardOnly | 'duration';

/** What the execution uses on AWS as a Standard one and as an Express one. */
export function usageOfExecution(seen: Observation, kind: DurationKind): ExecutionUsage {
  const around = sumOf([
    kind === 'modelled' ? withModelledDurations(seen.usage) : seen.usage,
    seen.tracing ? { 'xray.traces': SAMPLED } : {},
  ]);
  // Under a clock that jumps no time passes while something works.
  const ms = Math.max(seen.elapsedMs, workingMs(around, seen.transitions));
  const expressObstacles = seen.type === 'EXPRESS' ? [] : obstaclesOf(seen, ms);
  const parts = (seen.parts ?? []).map((part) => usageOfExecution(part, kind));
  const partsUsage = parts.map(ownUsage);
  const standardParts = parts.filter(({ type }) => type === 'STANDARD');
  const withParts = (own: number, of: (part: ExecutionUsage) => number) =>
    standardParts.reduce((sum, part) => sum + of(part), own);
  return {
    type: seen.type,
    standard: sumOf([around, { 'states.transitions': seen.transitions }, ...partsUsage]),
    express: expressObstacles.length === 0 ? sumOf([around, usageOfExpress(ms, seen), ...partsUsage]) : undefined,
    expressObstacles,
    transitions: withParts(seen.transitions, ({ transitions }) => transitions),
    retries: withParts(seen.retries, ({ retries }) => retries),
  };
}

function obstaclesOf({ standardOnly }: Observation, ms: number): ExpressObstacle[] {
  return fitsExpress(ms) ? [...standardOnly] : [...standardOnly, 'duration'];
}

/** The mean of several executions of one workflow; Express is possible when it is for all of them. */
export function meanUsage(usages: readonly ExecutionUsage[]): ExecutionUsage {
  const [first] = usages;
  if (!first) throw new Error('The mean of no executions');
  const mean = (all: readonly Usage[]) => scaled(sumOf(all), 1 / all.length);
  const average = (amount: (usage: ExecutionUsage) => number) =>
    usages.reduce((sum, usage) => sum + amount(usage), 0) / usages.length;
  const express = usages.map((usage) => usage.express).filter((usage) => usage !== undefined);
  return {
    type: first.type,
    standard: mean(usages.map(({ standard }) => standard)),
    express: express.length === usages.length ? mean(express) : undefined,
    expressObstacles: [...new Set(usages.flatMap(({ expressObstacles }) => expressObstacles))],
    transitions: average(({ transitions }) => transitions),
    retries: average(({ retries }) => retries),
  };
}

/** What it uses as what it is. */
export function ownUsage({ type, standard, express }: ExecutionUsage): Usage {
  return type === 'EXPRESS' && express ? express : standard;
}
