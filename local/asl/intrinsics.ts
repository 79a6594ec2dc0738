import { StatesError } from './errors';
import { InvalidArgument } from './intrinsics/checks';
import { FUNCTIONS } from './intrinsics/functions';
import { ARITY } from './intrinsics/names';
import { type Argument, type Call, InvalidIntrinsic, parseIntrinsic } from './intrinsics/parse';
import type { Json } from './json';
import { evaluatePath } from './jsonpath';
import { Memo } from './memo';
import type { Scope } from './scope';

/**
 * The intrinsic functions of JSONPath states: `States.Format('Hello {}', $.name)`. Calls are parsed once and kept.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
export { InvalidIntrinsic };

const parsed = new Memo(parseIntrinsic);

/** Whether a text means to be an intrinsic function call; whether it is a right one, evaluating it tells. */
export function isIntrinsic(text: string): boolean {
  return /^\s*States\.\w+\s*\(/.test(text);
}

/** Whether a text is a call of known functions in correct syntax. */
export function isIntrinsicCall(text: string): boolean {
  if (!isIntrinsic(text)) return false;
  try {
    return parsed.get(text).kind === 'call';
  } catch (error) {
    if (error instanceof InvalidIntrinsic) return false;
    throw error;
  }
}

/** The functions in a correct call that have too few or too many arguments, which AWS notices only at run time. */
export function miscountedFunctions(text: string): string[] {
  return miscounted(parsed.get(text)).map((name) => `States.${name}`);
}

/**
 * @throws StatesError States.Runtime, "Invalid arguments in States.X", as AWS raises it for all bad arguments
 * @throws PathNotFound for a path among the arguments that leads nowhere
 * @throws InvalidIntrinsic if the text is no call of a known function
 */
export function evaluateIntrinsic(expression: string, scope: Scope): Json {
  return evaluate(parsed.get(expression), scope);
}

function evaluate(call: Call, scope: Scope): Json {
  const { name, args } = call;
  if (!hasRightCount(call)) throw invalid(name);
  const values = args.map((argument, i) => argumentValue(argument, scope, name === 'Format' && i === 0));
  try {
    return FUNCTIONS[name](values, scope);
  } catch (error) {
    throw error instanceof InvalidArgument ? invalid(name, error.message) : error;
  }
}

function argumentValue(argument: Argument, scope: Scope, isTemplate: boolean): Json {
  switch (argument.kind) {
    case 'call':
      return evaluate(argument, scope);
    case 'path':
      return evaluatePath(argument.path, scope);
    case 'text':
      return isTemplate ? argument.raw : argument.value;
    case 'value':
      return argument.value;
  }
}

function invalid(name: string, detail?: string): StatesError {
  return new StatesError('States.Runtime', `Invalid arguments in States.${name}${detail ? `: ${detail}` : ''}`);
}

function hasRightCount({ name, args }: Call): boolean {
  const [fewest, most] = ARITY[name];
  return args.length >= fewest && args.length <= most;
}

function miscounted(call: Call): string[] {
  const inner = call.args.flatMap((argument) => (argument.kind === 'call' ? miscounted(argument) : []));
  return hasRightCount(call) ? inner : [call.name, ...inner];
}
