import { isObject, type Json, type JsonObject } from '../json';
import type { Place } from './place';
import type { FoundBlock } from './walk';

/** Targets that are not there: at StartAt, Next, Default, Choices and Catch. AWS calls all of them 'Next'. */
export function checkTargets({ block, states, place }: FoundBlock): void {
  // A block without states is found elsewhere.
  if (!isObject(block.States)) return;
  const names = new Set(states.map(([name]) => name));
  const targets = states.flatMap(([, state, at]) => targetsOf(state, at));
  for (const [target, at] of [...startOf(block, place), ...targets]) {
    if (!names.has(target)) at.error(`Missing 'Next' target: ${target}`, 'MISSING_TRANSITION_TARGET');
  }
}

/** Whether the block can end at all. AWS looks for it in the machine only; a block that cannot end is worth a warning. */
export function checkEnd({ states, place, outer }: FoundBlock): void {
  const ends = states.some(([, state]) => state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
  if (ends) return;
  if (outer.length > 0) place.warn('Block has no terminal state', 'MISSING_END_STATE');
  else place.report.add({ severity: 'ERROR', code: 'MISSING_END_STATE', message: 'Workflow has no terminal state' });
}

/** States that no path from the start leads to. */
export function checkReachable({ block, states, place }: FoundBlock): void {
  const next = new Map(states.map(([name, state, at]) => [name, targetsOf(state, at).map(([target]) => target)]));
  const reached = new Set<string>();
  const open = startOf(block, place).map(([target]) => target);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(next.get(name) ?? []));
  }
  for (const [name, , at] of states) {
    if (!reached.has(name)) at.error(`State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
  }
}

type Target = [name: string, place: Place];

function startOf(block: JsonObject, place: Place): Target[] {
  return named(block.StartAt, place.field('StartAt'));
}

function targetsOf(state: JsonObject, place: Place): Target[] {
  const leaves = (field: string): Target[] => {
    const rules = state[field];
    const items = Array.isArray(rules) ? rules : [];
    return items.flatMap((rule, i) =>
      isObject(rule) ? named(rule.Next, place.field(field).item(i).field('Next')) : [],
    );
  };
  return [
    ...named(state.Next, place.field('Next')),
    ...(state.Type === 'Choice' ? [...leaves('Choices'), ...named(state.Default, place.field('Default'))] : []),
    ...leaves('Catch'),
  ];
}

function named(value: Json | undefined, place: Place): Target[] {
  return typeof value === 'string' && value !== '' ? [[value, place]] : [];
}
