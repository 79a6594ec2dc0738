import { isObject } from '../json';
import { checkFields } from './fields';
import type { BlockCheck } from './parallel';
import { stateChecker } from './state';
import { filledText, type Rule, text } from './values';

/** A machine, a Parallel's branch or a Map's processor: its own fields, and each of its states. */
export const checkBlock: BlockCheck = (value, place, more = {}) => {
  // A block's own fields are of neither language; its states start from the machine's.
  checkFields(value, place, { StartAt: filledText, States: states, Comment: text, ...more }, ['States', 'StartAt']);
};

const checkState = stateChecker((value, place, more) => checkBlock(value, place, more));

const states: Rule = (value, place) => {
  if (!isObject(value)) return place.error('Expected value of type Object');
  if (Object.keys(value).length === 0) place.error('Value cannot be empty');
  for (const [name, state] of Object.entries(value)) checkState(state, place.field(name));
};
