import { isObject, type Json } from '../json';
import { assign } from './assign';
import { checkFields } from './fields';
import type { Place } from './place';
import { template } from './template';
import { decimal, filledText, integer, listOf, oneOf, type Rule, resultPath, text } from './values';

/** AWS's largest number of seconds and attempts. */
const MAX = 99_999_999;
/** A little more than a year. */
const MAX_DELAY_SECONDS = 31_622_400;

/** The `Retry` of a Task, Parallel or Map. */
export const retry: Rule = (value, place) => {
  eachGuard(value, place, (retrier, at) => {
    const fields = {
      Comment: text,
      ErrorEquals: listOf(filledText),
      IntervalSeconds: integer(1, MAX),
      MaxAttempts: integer(0, MAX),
      BackoffRate: decimal(1),
      MaxDelaySeconds: integer(1, MAX_DELAY_SECONDS),
      JitterStrategy: oneOf('NONE', 'FULL'),
    };
    const checked = checkFields(retrier, at, fields, ['ErrorEquals']);
    const interval = checked?.IntervalSeconds ?? 1;
    const longest = checked?.MaxDelaySeconds;
    if (typeof longest === 'number' && typeof interval === 'number' && longest <= interval) {
      at.error("'MaxDelaySeconds' must be greater than 'IntervalSeconds'");
    }
  });
};

/** The `Catch` of a Task, Parallel or Map. Its targets are the graph's business. */
export const catchers: Rule = (value, place) => {
  eachGuard(value, place, (catcher, at) => {
    const fields = {
      Comment: text,
      ErrorEquals: listOf(filledText),
      Next: filledText,
      ResultPath: resultPath,
      Assign: assign,
      Output: template,
    };
    checkFields(catcher, at.with({ statesFields: ['errorOutput'] }), fields, ['ErrorEquals', 'Next']);
  });
};

/** States.ALL catches whatever the others left, so it stands alone and last. */
function eachGuard(value: Json, place: Place, check: (guard: Json, at: Place) => void): void {
  if (!Array.isArray(value)) place.error('Expected value of type Array');
  const guards = Array.isArray(value) ? value : [];
  for (const [i, guard] of guards.entries()) {
    const at = place.item(i);
    check(guard, at);
    const errors = isObject(guard) && Array.isArray(guard.ErrorEquals) ? guard.ErrorEquals : [];
    if (errors.includes('States.ALL') && (errors.length > 1 || i < guards.length - 1)) {
      at.field('ErrorEquals').error('States.ALL must appear alone and at end of list');
    }
  }
}
