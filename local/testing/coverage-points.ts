import type { Block, Catcher, ChoiceState, Retrier, State } from '../asl/model';
import type { Decision, HistoryEvent } from '../engine/types';
import { blocksOf, innerBlocks } from './blocks';

/**
 * Owns what of a definition can be covered, and what of it a step has covered. A point's key says where it is:
 * `Greet`, `Greet/Next`, `Greet/Choices[0]`, `Greet/Retry[1]`, `Greet/Catch[0]`.
 *
 * P1  A state is covered when it was entered, a transition when it was taken (the end of a machine, branch or iteration
 *     is one), a retrier when it took a failure, a catcher when it led out.
 * P2  The own way out of a Parallel with a branch that can only fail does not exist, so it is no point.
 */
export type PointKind = 'states' | 'transitions' | 'retriers' | 'catchers';

export interface Point {
  readonly key: string;
  readonly kind: PointKind;
  /** For people: 'WhatIsMissing -> QueueRepair (rule 1)'. */
  readonly label: string;
}

export function pointsOf(machine: Block): Point[] {
  return [...blocksOf(machine)].flatMap((block) =>
    Object.entries(block.States).flatMap(([name, state]) => pointsOfState(name, state)),
  );
}

/** The keys of what a step covered. */
export function coveredBy(events: readonly HistoryEvent[], decisions: readonly Decision[]): string[] {
  const entered = events
    .filter(({ type }) => type.endsWith('StateEntered'))
    .map(({ details }) => String(details?.name));
  return [...entered, ...decisions.map(keyOf)];
}

function keyOf(decision: Decision): string {
  if (decision.type === 'retry') return `${decision.state}/Retry[${decision.retrier}]`;
  if (decision.rule !== undefined) return `${decision.state}/Choices[${decision.rule}]`;
  return `${decision.state}/${decision.catcher === undefined ? 'Next' : `Catch[${decision.catcher}]`}`;
}

function pointsOfState(name: string, state: State): Point[] {
  const { Retry = [], Catch = [] } = state as { Retry?: Retrier[]; Catch?: Catcher[] };
  const errors = (names: readonly string[]) => (names.length > 1 ? `${names[0]}, …` : `${names[0]}`);
  return [
    { key: name, kind: 'states', label: name },
    ...ways(name, state),
    ...Retry.map(({ ErrorEquals }, i): Point => {
      return { key: `${name}/Retry[${i}]`, kind: 'retriers', label: `${name} retries ${errors(ErrorEquals)}` };
    }),
    ...Catch.map(({ ErrorEquals, Next }, i): Point => {
      return { key: `${name}/Catch[${i}]`, kind: 'catchers', label: `${name} -> ${Next} on ${errors(ErrorEquals)}` };
    }),
  ];
}

function ways(name: string, state: State): Point[] {
  const way = (key: string, to: string): Point => {
    return { key: `${name}/${key}`, kind: 'transitions', label: `${name} -> ${to}` };
  };
  if (state.Type === 'Succeed' || state.Type === 'Fail') return [];
  if (state.Type === 'Choice') {
    const rules = state.Choices.map(({ Next }, i) => way(`Choices[${i}]`, `${Next} (rule ${i + 1})`));
    return state.Default === undefined ? rules : [...rules, way('Next', `${state.Default} (default)`)];
  }
  return canSucceed(state) ? [way('Next', state.Next ?? 'end')] : [];
}

/** Whether the state can be left by its own way. A Map may have no items, so it always can. */
function canSucceed(state: State): boolean {
  if (state.Type === 'Fail') return false;
  return state.Type !== 'Parallel' || innerBlocks(state).every(canEnd);
}

/** Whether a walk from the block's start can come to an end that is no failure. */
function canEnd(block: Block): boolean {
  const seen = new Set<string>();
  const ahead = [block.StartAt];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    const state = block.States[name];
    if (!state || seen.has(name)) continue;
    seen.add(name);
    if (canSucceed(state) && (state.Type === 'Succeed' || (state as { End?: boolean }).End)) return true;
    ahead.push(...targets(state));
  }
  return false;
}

function targets(state: State): string[] {
  const { Choices = [], Default } = state as Partial<ChoiceState>;
  const { Next, Catch = [] } = state as { Next?: string; Catch?: Catcher[] };
  const own = canSucceed(state) ? [Next, Default, ...Choices.map((rule) => rule.Next)] : [];
  return [...own, ...Catch.map((catcher) => catcher.Next)].filter((target) => target !== undefined);
}
