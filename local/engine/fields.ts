import { evaluateIntrinsic, isIntrinsic } from '../asl/intrinsics';
import type { Json, JsonObject } from '../asl/json';
import { evaluateTyped, expressionIn } from '../asl/jsonata';
import { assignPath, evaluatePath } from '../asl/jsonpath';
import type { Catcher, State } from '../asl/model';
import { fillExpressions, fillTemplate } from '../asl/template';
import { FrameScope, type View } from './context';
import type { Frame } from './frames';
import type { Run } from './run';
import { type Steps, settled } from './steps';

/**
 * How a state's fields make its data, in the query language of the state.
 *
 *   JSONPath  input -InputPath-> -Parameters-> work -ResultSelector-> -ResultPath-> -OutputPath-> output
 *   JSONata   input -Arguments-> work -Output-> output
 *
 * Assign sees the variables as they were; what it assigns is there from the next state on.
 */

/** A state is left: with this output, these variables, for that state (or the end of its machine, branch, iteration). */
export interface Exit {
  output: Json;
  assigned?: JsonObject;
  next?: string;
  /** The position of the Choice rule or of the catcher that leads out. */
  rule?: number;
  catcher?: number;
}

/** A state's own QueryLanguage counts, else the machine's; that of a state around it does not. */
export function usesJsonata(run: Run, state: State): boolean {
  return (state.QueryLanguage ?? run.context.machine.QueryLanguage) === 'JSONata';
}

/** The input after InputPath; a JSONata state's input as it is. */
export function effectiveInput(run: Run, frame: Frame, state: State): Json {
  if (usesJsonata(run, state)) return frame.input;
  const input = throughPath(run, frame, state.InputPath, frame.input);
  run.rehearsal?.saw('afterInputPath', input);
  return input;
}

/** What a Task, Parallel or Pass works on: Parameters filled, or Arguments; without them the effective input. */
export function* workInput(
  run: Run,
  frame: Frame,
  state: State & { Parameters?: Json; Arguments?: Json },
  token?: string,
): Steps<Json> {
  const view: View = { input: effectiveInput(run, frame, state), token };
  if (usesJsonata(run, state)) {
    if (state.Arguments === undefined) return frame.input;
    const filled = yield* fill(run, frame, state, state.Arguments, 'Arguments', view);
    run.rehearsal?.saw('afterArguments', filled);
    return filled;
  }
  const filled =
    state.Parameters === undefined ? view.input : fillTemplate(state.Parameters, new FrameScope(run, frame, view));
  run.rehearsal?.saw('afterParameters', filled);
  return filled;
}

/** A template of the state in its language. `field` names it in errors. */
export function* fill(run: Run, frame: Frame, state: State, template: Json, field: string, view: View): Steps<Json> {
  const scope = new FrameScope(run, frame, view);
  if (!usesJsonata(run, state)) return fillTemplate(template, scope);
  return yield* settled(fillExpressions(template, scope, field));
}

/** What a state, a Choice rule or a catcher says about leaving. */
interface Leaving {
  Assign?: JsonObject;
  Output?: Json;
  Next?: string;
}

type WithResult = State & { ResultSelector?: JsonObject; ResultPath?: string | null; Next?: string };

/** Leaves a state whose work had `result` (Task, Parallel, Map, Pass with a result of its own). */
export function* exitWithResult(run: Run, frame: Frame, state: WithResult, result: Json): Steps<Exit> {
  run.rehearsal?.saw('result', result);
  if (usesJsonata(run, state)) {
    return yield* exitJsonata(run, frame, state, state, { input: frame.input, result }, result);
  }
  const selected =
    state.ResultSelector === undefined
      ? result
      : fillTemplate(state.ResultSelector, new FrameScope(run, frame, { input: result }));
  const assigned = assign(run, frame, state.Assign, selected);
  run.rehearsal?.saw('afterResultSelector', selected);
  const joined = placeResult(frame.input, state.ResultPath, selected);
  run.rehearsal?.saw('afterResultPath', joined);
  return { output: throughPath(run, frame, state.OutputPath, joined), assigned, next: state.Next };
}

/** Leaves a state that hands its input on (Wait, Succeed, Choice). `rule`: the Choice rule taken. */
export function* exitWithInput(run: Run, frame: Frame, state: State, rule: Leaving = state, field = ''): Steps<Exit> {
  const input = effectiveInput(run, frame, state);
  if (usesJsonata(run, state)) return yield* exitJsonata(run, frame, state, rule, { input }, input, field);
  const assigned = assign(run, frame, rule.Assign, input);
  return { output: throughPath(run, frame, state.OutputPath, input), assigned, next: rule.Next };
}

/** Leaves a state by its catcher. */
export function* exitCaught(
  run: Run,
  frame: Frame,
  state: State,
  [catcher, index]: [Catcher, number],
  error: Json,
): Steps<Exit> {
  if (usesJsonata(run, state)) {
    const view = { input: frame.input, errorOutput: error };
    const exit = yield* exitJsonata(run, frame, state, catcher, view, error, `Catch[${index}]/`);
    return { ...exit, catcher: index };
  }
  const assigned = assign(run, frame, catcher.Assign, error);
  return { output: placeResult(frame.input, catcher.ResultPath, error), assigned, next: catcher.Next, catcher: index };
}

function* exitJsonata(
  run: Run,
  frame: Frame,
  state: State,
  { Assign, Output, Next }: Leaving,
  view: View,
  otherwise: Json,
  field = '',
): Steps<Exit> {
  const assigned = Assign && ((yield* fill(run, frame, state, Assign, `${field}Assign`, view)) as JsonObject);
  const output = Output === undefined ? otherwise : yield* fill(run, frame, state, Output, `${field}Output`, view);
  return { output, assigned, next: Next };
}

function assign(run: Run, frame: Frame, template: JsonObject | undefined, input: Json): JsonObject | undefined {
  return template && (fillTemplate(template, new FrameScope(run, frame, { input })) as JsonObject);
}

function placeResult(input: Json, path: string | null | undefined, result: Json): Json {
  if (path === null) return input;
  return path === undefined || path === '$' ? result : assignPath(input, path, result);
}

/** InputPath or OutputPath: a null one gives an empty object. */
function throughPath(run: Run, frame: Frame, path: string | null | undefined, data: Json): Json {
  if (path === null) return {};
  if (path === undefined || path === '$') return data;
  return evaluatePath(path, new FrameScope(run, frame, { input: data }));
}

/** A path or an intrinsic function, as in `ErrorPath`. */
export function evaluateReference(run: Run, frame: Frame, state: State, reference: string): Json {
  const scope = new FrameScope(run, frame, { input: effectiveInput(run, frame, state) });
  return isIntrinsic(reference) ? evaluateIntrinsic(reference, scope) : evaluatePath(reference, scope);
}

/** A field that may be an expression of the given type, like TimeoutSeconds; a constant is answered as it is. */
export function* typed(run: Run, frame: Frame, value: Json, field: string, type: string): Steps<Json> {
  const source = typeof value === 'string' ? expressionIn(value) : undefined;
  if (source === undefined) return value;
  return yield* settled(evaluateTyped(source, new FrameScope(run, frame, { input: frame.input }), field, type));
}
