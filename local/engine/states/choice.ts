import { matchesRule } from '../../asl/choice';
import { StatesError } from '../../asl/errors';
import type { Json } from '../../asl/json';
import type { ChoiceRule, ChoiceState } from '../../asl/model';
import { FrameScope } from '../context';
import { type Exit, effectiveInput, exitWithInput, typed, usesJsonata } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Goes on with the first rule that applies, else with the default. */
export function* enterChoice(run: Run, frame: Frame, state: ChoiceState): Steps<Exit> {
  const index = yield* firstMatch(run, frame, state);
  const rule = state.Choices[index];
  if (rule) return { ...(yield* exitWithInput(run, frame, state, rule, `Choices[${index}]/`)), rule: index };
  if (state.Default !== undefined) {
    return yield* exitWithInput(run, frame, state, { Assign: state.Assign, Output: state.Output, Next: state.Default });
  }
  throw new StatesError(
    'States.NoChoiceMatched',
    'Failed to transition out of the state. The state does not point to a next state.',
  );
}

function* firstMatch(run: Run, frame: Frame, state: ChoiceState): Steps<number> {
  if (!usesJsonata(run, state)) {
    const scope = new FrameScope(run, frame, { input: effectiveInput(run, frame, state) });
    return state.Choices.findIndex((rule) => matchesRule(rule, scope));
  }
  for (const [index, rule] of state.Choices.entries()) {
    const { Condition } = rule as ChoiceRule & { Condition: Json };
    if (yield* typed(run, frame, Condition, `Choices[${index}]/Condition`, 'boolean')) return index;
  }
  return -1;
}
