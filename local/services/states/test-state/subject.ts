import { isTooDeep } from '../../../asl/depth';
import { isObject, type Json, type JsonObject } from '../../../asl/json';
import type { Block, State, StateMachine } from '../../../asl/model';
import { AwsError } from '../../aws';
import { requireValidDefinition } from '../definitions';

/** Owns which state is under test, and the state machine that has nothing but this state. */
export interface Subject {
  readonly name: string;
  readonly state: State;
  readonly jsonata: boolean;
  /** The state as it is, with an end of its own for each state that it may go on to. */
  readonly machine: StateMachine;
}

/** What AWS calls a state that is given without a name. */
const UNNAMED = 'StateName';

/**
 * @param definition of a state or, with `stateName`, of the state machine that has it at any depth
 * @throws AwsError InvalidDefinition; ValidationException if there is no such state
 */
export function readSubject(definition: string, stateName: string | undefined): Subject {
  if (stateName === undefined) return single(definition);
  requireValidDefinition(definition, 'STANDARD');
  const machine: StateMachine = JSON.parse(definition);
  const state = stateIn(machine, stateName);
  if (!state) throw new AwsError('ValidationException', 'State not found in definition');
  return subject(stateName, state, machine.QueryLanguage);
}

/** The definition's own name of the end that the subject has come to in its machine. */
export function successorOf({ name }: Subject, end: string): string {
  return end.slice(name.length + ARROW.length);
}

/** The names of all states within a Parallel or Map. */
export function statesWithin(state: State): string[] {
  return blocksOf(state).flatMap(({ States }) =>
    Object.entries(States).flatMap(([name, inner]) => [name, ...statesWithin(inner)]),
  );
}

function single(definition: string): Subject {
  const state = objectIn(definition);
  if (!state) requireValidDefinition(definition, 'STANDARD');
  const successors: JsonObject = {};
  retarget(state as unknown as State, (next) => {
    successors[next] = { Type: 'Succeed' };
    return next;
  });
  const States = { ...successors, [UNNAMED]: state as JsonObject };
  requireValidDefinition(JSON.stringify({ StartAt: UNNAMED, States }), 'STANDARD');
  return subject(UNNAMED, state as unknown as State, undefined);
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) && !isTooDeep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Longer than the subject's name, so that no successor can be taken for it, even if it goes on to itself. */
const ARROW = ' -> ';

function subject(name: string, state: State, QueryLanguage: StateMachine['QueryLanguage']): Subject {
  const successors: StateMachine['States'] = {};
  const alone = retarget(state, (next) => {
    const end = `${name}${ARROW}${next}`;
    successors[end] = { Type: 'Succeed' };
    return end;
  });
  const machine = { StartAt: name, States: { [name]: alone, ...successors } };
  const jsonata = (state.QueryLanguage ?? QueryLanguage) === 'JSONata';
  return { name, state, jsonata, machine: QueryLanguage ? { ...machine, QueryLanguage } : machine };
}

/** The state with all its ways out renamed. */
function retarget(state: State, rename: (next: string) => string): State {
  const follow = <T extends object>(part: T): T => {
    const { Next } = part as { Next?: Json };
    return typeof Next === 'string' ? { ...part, Next: rename(Next) } : part;
  };
  const { Default, Choices, Catch } = state as unknown as JsonObject;
  const each = (parts: Json[]) => parts.map((part) => (isObject(part) ? follow(part) : part));
  return {
    ...follow(state),
    ...(typeof Default === 'string' && { Default: rename(Default) }),
    ...(Array.isArray(Choices) && { Choices: each(Choices) }),
    ...(Array.isArray(Catch) && { Catch: each(Catch) }),
  } as State;
}

function stateIn({ States }: Block, name: string): State | undefined {
  if (Object.hasOwn(States, name)) return States[name];
  for (const state of Object.values(States)) {
    for (const block of blocksOf(state)) {
      const found = stateIn(block, name);
      if (found) return found;
    }
  }
  return undefined;
}

function blocksOf(state: State): Block[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type === 'Map') return [(state.ItemProcessor ?? state.Iterator) as Block];
  return [];
}
