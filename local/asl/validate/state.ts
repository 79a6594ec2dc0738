import { isObject, type JsonObject } from '../json';
import type { QueryLanguage } from '../model';
import { assign } from './assign';
import { choiceFields } from './choice';
import { checkFail, failFields } from './fail';
import { checkFields, checkOneOf, type Fields, withoutForeign } from './fields';
import { catchers, retry } from './guards';
import { checkMap, mapFields } from './map';
import { type BlockCheck, parallelFields } from './parallel';
import { passFields } from './pass';
import type { Place } from './place';
import { checkTask, taskFields } from './task';
import { template } from './template';
import { anything, filledText, flag, oneOf, pathOrNull, type Rule, resultPath, text } from './values';
import { checkWait, waitFields } from './wait';

interface StateType {
  readonly fields: Fields;
  readonly required?: readonly string[];
  /** Goes on to another state or ends; Choice, Succeed and Fail say otherwise where they lead. */
  readonly continues?: boolean;
  /** What concerns several fields at once. */
  readonly check?: (state: JsonObject, place: Place) => void;
}

const common: Fields = { Type: anything, Comment: text, QueryLanguage: oneOf('JSONPath', 'JSONata') };
const paths: Fields = { InputPath: pathOrNull, OutputPath: pathOrNull };
const output: Fields = { Output: template };
const variables: Fields = { Assign: assign };
const continuing: Fields = { Next: filledText, End: flag };
/** Tasks, Parallel and Map states have something of their own to output, and may fail. */
const working: Fields = {
  ...continuing,
  Output: withResult(template),
  Assign: withResult(assign),
  ResultPath: resultPath,
  Retry: retry,
  Catch: catchers,
};

/** Which fields each type of state has, as AWS accepts them. */
function stateTypes(block: BlockCheck): Record<string, StateType> {
  return {
    Task: {
      fields: { ...paths, ...working, ...taskFields },
      required: ['Resource'],
      continues: true,
      check: checkTask,
    },
    Wait: {
      fields: { ...paths, ...output, ...variables, ...continuing, ...waitFields },
      continues: true,
      check: checkWait,
    },
    Pass: {
      fields: { ...paths, ...output, ...variables, ...continuing, ResultPath: resultPath, ...passFields },
      continues: true,
    },
    Succeed: { fields: { ...paths, ...output } },
    Fail: { fields: failFields, check: checkFail },
    Choice: { fields: { ...paths, ...output, ...variables, ...choiceFields }, required: ['Choices'] },
    Parallel: { fields: { ...paths, ...working, ...parallelFields(block) }, required: ['Branches'], continues: true },
    Map: { fields: { ...paths, ...working, ...mapFields(block) }, continues: true, check: checkMap },
  };
}

/**
 * Makes the check of one state by its type. `block` checks the blocks inside Parallel and Map states. A state's name,
 * and where it leads, are not its own business.
 */
export function stateChecker(block: BlockCheck): Rule {
  const types = stateTypes(block);
  const names = Object.keys(types).join(', ');
  return (value, outside) => {
    if (!isObject(value)) return outside.error('Expected value of type Object');
    const place = outside.with({ language: languageOf(value, outside), statesFields: [] });
    if (value.Type === undefined) return place.error('These fields are required: [Type]');
    const type = typeof value.Type === 'string' && Object.hasOwn(types, value.Type) ? types[value.Type] : undefined;
    if (type) checkTyped(value, place, type);
    else place.field('Type').error(`The field 'Type' should have one of these values: [${names}]`);
  };
}

function checkTyped(state: JsonObject, place: Place, type: StateType): void {
  const downgraded = place.machineLanguage === 'JSONata' && state.QueryLanguage === 'JSONPath';
  if (downgraded) {
    place.error("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  // Beside that, AWS says nothing about fields of the other language.
  const fields = downgraded ? withoutForeign(state, place) : state;
  checkFields(fields, place, { ...common, ...type.fields }, type.required);
  if (type.continues) checkContinues(state, place);
  type.check?.(state, place);
}

function withResult(rule: Rule): Rule {
  return (value, place) => rule(value, place.with({ statesFields: ['result'] }));
}

/** AWS takes whatever is not exactly 'JSONPath' for JSONata, besides refusing it. */
function languageOf(state: JsonObject, place: Place): QueryLanguage {
  if (state.QueryLanguage === undefined) return place.machineLanguage;
  return state.QueryLanguage === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

function checkContinues(state: JsonObject, place: Place): void {
  const { End: end, ...rest } = state;
  checkOneOf(end === false ? rest : state, place, ['Next', 'End'], true);
}
