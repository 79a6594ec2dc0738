import { isIntrinsic } from './intrinsics';
import { type Call, parseIntrinsic } from './intrinsics/parse';
import { isObject, type Json, type JsonObject } from './json';
import { expressionIn } from './jsonata';
import { syntaxTree } from './jsonata/expression';
import { parsePath } from './jsonpath/parse';

/**
 * The variables that each state of a valid definition reads, sorted, by the state's name; states that read none are
 * left out. This is `variableReferences` of DescribeStateMachine.
 */
export function variableReferences(machine: JsonObject): Record<string, string[]> {
  const read = new Map<string, Set<string>>();
  const assigned = new Set<string>();
  visitBlock(machine, machine.QueryLanguage, (name, state, language) => {
    collectAssigned(state, assigned);
    read.set(name, new Set(variableReads(state, language).flatMap(({ names }) => [...names])));
    return language;
  });
  // What nobody assigns is one of JSONata's own functions.
  const known = [...read].map(([name, names]) => [name, [...names].filter((one) => assigned.has(one)).sort()] as const);
  return Object.fromEntries(known.filter(([, names]) => names.length > 0));
}

export interface Reads {
  /** The field of the state that reads them. */
  readonly field: string;
  readonly names: ReadonlySet<string>;
  /** Those that the field asks `$exists` of. */
  readonly doubted: ReadonlySet<string>;
}

/**
 * What a state of a valid definition reads, field by field, without the states inside it. Among the names of JSONata states
 * are those of JSONata's own functions.
 */
export function variableReads(state: JsonObject, language: Json | undefined): Reads[] {
  return ownFields(state).map(([field, value]) => {
    const names = new Set<string>();
    const doubted = new Set<string>();
    if (language === 'JSONata') visitExpressions(value, names, doubted);
    else if (field !== 'Result') visitField(field, value, false, names);
    return { field, names, doubted };
  });
}

type Visit = (name: string, state: JsonObject, language: Json | undefined) => void;

function visitBlock(block: Json | undefined, language: Json | undefined, visit: Visit): void {
  if (!isObject(block) || !isObject(block.States)) return;
  for (const [name, state] of Object.entries(block.States)) {
    if (!isObject(state)) continue;
    const own = state.QueryLanguage ?? language;
    visit(name, state, own);
    const branches = Array.isArray(state.Branches) ? state.Branches : [];
    for (const inner of [...branches, state.ItemProcessor, state.Iterator]) visitBlock(inner, own, visit);
  }
}

const BLOCKS = new Set(['Branches', 'ItemProcessor', 'Iterator']);

/** A state's fields but for the states inside it. */
function ownFields(state: JsonObject): Array<[string, Json]> {
  return Object.entries(state).filter(([field]) => !BLOCKS.has(field));
}

/** Names in the `Assign` of a state, of its catchers and of its choice rules. */
function collectAssigned(part: Json, into: Set<string>): void {
  if (Array.isArray(part)) for (const item of part) collectAssigned(item, into);
  if (!isObject(part)) return;
  for (const name of Object.keys(isObject(part.Assign) ? part.Assign : {})) into.add(name.replace(/\.\$$/, ''));
  for (const field of ['Catch', 'Choices', 'And', 'Or', 'Not']) {
    if (part[field] !== undefined) collectAssigned(part[field], into);
  }
}

const TEMPLATES = new Set(['Parameters', 'ResultSelector', 'ItemSelector', 'Assign', 'BatchInput', 'Credentials']);

/** In a template only fields whose name ends in `.$` are evaluated; elsewhere those that are called paths. */
function visitField(field: string, value: Json, inTemplate: boolean, found: Set<string>): void {
  const template = inTemplate || TEMPLATES.has(field);
  if (Array.isArray(value)) for (const item of value) visitField('', item, template, found);
  else if (isObject(value)) for (const [name, inner] of Object.entries(value)) visitField(name, inner, template, found);
  else if (typeof value === 'string' && (inTemplate ? /\.\$$/ : /Path$|^Variable$/).test(field)) readIn(value, found);
}

function readIn(text: string, found: Set<string>): void {
  if (isIntrinsic(text)) {
    readInCall(parseIntrinsic(text), found);
    return;
  }
  const { root } = parsePath(text);
  if (root.kind === 'variable') found.add(root.name);
}

function readInCall({ args }: Call, found: Set<string>): void {
  for (const argument of args) {
    if (argument.kind === 'call') readInCall(argument, found);
    else if (argument.kind === 'path') readIn(argument.path, found);
  }
}

function visitExpressions(value: Json, found: Set<string>, doubted: Set<string>): void {
  if (typeof value === 'string') {
    // Not trimmed: the validator has asked for the same tree.
    if (expressionIn(value) !== undefined) freeVariables(syntaxTree(value.slice(2, -2)), found, doubted);
  } else if (Array.isArray(value)) for (const item of value) visitExpressions(item, found, doubted);
  else if (isObject(value)) for (const item of Object.values(value)) visitExpressions(item, found, doubted);
}

/** A node of a JSONata syntax tree, as far as variables go. */
interface Node {
  type?: string;
  value?: unknown;
  lhs?: { value?: unknown };
  procedure?: { value?: unknown };
  arguments?: Array<{ type?: string; value?: unknown }>;
  /** Of a step: `@$name` and `#$name`. */
  focus?: unknown;
  index?: { value?: unknown };
  [part: string]: unknown;
}

/** Adds the variables that an expression reads and does not bind itself, and those of which it asks whether they exist. */
function freeVariables(tree: unknown, found: Set<string>, doubted: Set<string>): void {
  const used = new Set<string>();
  const bound = new Set<unknown>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (typeof part !== 'object' || part === null || Array.isArray(part) || part instanceof RegExp) return;
    const node = part as Node;
    if (node.type === 'variable') used.add(String(node.value));
    if (node.type === 'bind') bound.add(node.lhs?.value);
    if (node.type === 'function' && node.procedure?.value === 'exists') {
      for (const { type, value } of node.arguments ?? []) if (type === 'variable') doubted.add(String(value));
    }
    if (node.type === 'lambda') for (const { value } of node.arguments ?? []) bound.add(value);
    bound.add(node.focus).add(node.index?.value);
    for (const child of Object.values(node)) visit(child);
  };
  visit(tree);
  for (const name of used) if (!bound.has(name)) found.add(name);
}
