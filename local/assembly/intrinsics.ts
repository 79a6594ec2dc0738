import { isObject, type Json, type JsonObject } from '../asl/json';
import { AssemblyError } from './errors';
import type { Template } from './template';

/**
 * CloudFormation's intrinsic functions. A value is resolved against a `Scope`; `undefined` is AWS::NoValue: the
 * property or element that holds it disappears.
 *
 * Functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export interface Scope {
  readonly template: Template;
  /** AWS::Region and its like. */
  readonly pseudo: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, Json>>;
  /** What Ref answers for a deployed resource. */
  ref(logicalId: string): Json | undefined;
  attribute(logicalId: string, name: string): Json | undefined;
  /** The value that another stack exports under `name`. */
  imported(name: string): Json | undefined;
  /** The value of an output of another stack. */
  output(stackName: string, outputName: string): Json | undefined;
  /** Last touch on every text that was put together: puts the local address of an API in place of its AWS one. */
  composed(text: string): string;
}

type IntrinsicFunction = (argument: Json, scope: Scope) => Json | undefined;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => reference(text(argument, 'Ref'), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [id, name] = attributeArguments(argument, scope);
    return attribute(id, name, scope);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument, 'Fn::Join');
    const texts = list(resolve(parts ?? null, scope), 'Fn::Join').map((part) => text(part, 'Fn::Join'));
    return scope.composed(texts.join(text(separator, 'Fn::Join')));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(argument, 'Fn::Select');
    const position = Number(resolve(index ?? null, scope));
    const chosen = list(resolve(items ?? null, scope), 'Fn::Select')[position];
    if (chosen === undefined) throw new AssemblyError(`Fn::Select has no element ${position}.`);
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = list(argument, 'Fn::Split');
    return text(resolve(whole ?? null, scope), 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    const [condition, then, otherwise] = list(argument, 'Fn::If');
    return resolve((conditionHolds(text(condition, 'Fn::If'), scope) ? then : otherwise) ?? null, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(argument, 'Fn::FindInMap').map((key) =>
      text(resolve(key, scope), 'Fn::FindInMap'),
    );
    const row = scope.template.Mappings[map ?? '']?.[first ?? ''];
    const value = isObject(row) ? row[second ?? ''] : undefined;
    if (value === undefined)
      throw new AssemblyError(`Fn::FindInMap finds no ${map}.${first}.${second} in the Mappings.`);
    return value;
  },
  'Fn::ImportValue': (argument, scope) => {
    const name = text(resolve(argument, scope), 'Fn::ImportValue');
    const value = scope.imported(name);
    if (value === undefined) throw new AssemblyError(`No stack exports '${name}'.`);
    return value;
  },
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName } = (resolve(argument, scope) ?? {}) as JsonObject;
    const stack = text(StackName, 'Fn::GetStackOutput');
    const value = scope.output(stack, text(OutputName, 'Fn::GetStackOutput'));
    if (value === undefined) throw new AssemblyError(`The stack '${stack}' has no output '${OutputName}'.`);
    return value;
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::GetAZs': (_argument, scope) => ['a', 'b', 'c'].map((zone) => `${scope.pseudo['AWS::Region']}${zone}`),
  'Fn::Length': (argument, scope) => list(resolve(argument, scope), 'Fn::Length').length,
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope) ?? null),
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(argument, 'Fn::Equals').map((side) => resolve(side, scope));
    return typeof left === 'object' ? JSON.stringify(left) === JSON.stringify(right) : String(left) === String(right);
  },
  'Fn::And': (argument, scope) => list(argument, 'Fn::And').every((part) => truth(part, scope)),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or').some((part) => truth(part, scope)),
  'Fn::Not': (argument, scope) => !truth(list(argument, 'Fn::Not')[0] ?? null, scope),
  Condition: (argument, scope) => conditionHolds(text(argument, 'Condition'), scope),
};

/**
 * `value` with every intrinsic function in it evaluated.
 * @throws AssemblyError for a reference to nothing or a function that is unknown or misused.
 */
export function resolve(value: Json, scope: Scope): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((element) => resolve(element, scope)).filter((element) => element !== undefined);
  }
  if (!isObject(value)) return value;
  const call = functionCall(value);
  if (call) {
    const intrinsic = FUNCTIONS[call.name];
    if (!intrinsic) throw new AssemblyError(`The intrinsic function ${call.name} is not supported.`);
    return intrinsic(call.argument, scope);
  }
  const resolved: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const found = resolve(member, scope);
    if (found !== undefined) resolved[key] = found;
  }
  return resolved;
}

/** Whether the condition `name` of the template holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions[name];
  if (condition === undefined) throw new AssemblyError(`The template has no condition '${name}'.`);
  return truth(condition, scope);
}

/** What a value refers to. */
export interface References {
  /** Of resources, parameters or nothing at all. */
  readonly logicalIds: Set<string>;
  /** Attributes of resources: 'Queue.Arn'. */
  readonly attributes: Set<string>;
  /** Names that other stacks export. */
  readonly imports: Set<string>;
  /** Names of stacks whose outputs are read. */
  readonly stacks: Set<string>;
}

export function referencesOf(value: Json | undefined): References {
  const found: References = { logicalIds: new Set(), attributes: new Set(), imports: new Set(), stacks: new Set() };
  collectReferences(value, found);
  return found;
}

function collectReferences(value: Json | undefined, found: References): void {
  if (Array.isArray(value)) for (const element of value) collectReferences(element, found);
  if (!isObject(value)) return;
  const call = functionCall(value);
  if (call) noteReferences(call.name, call.argument, found);
  for (const member of Object.values(value)) collectReferences(member, found);
}

function noteReferences(name: string, argument: Json, found: References): void {
  switch (name) {
    case 'Ref':
      found.logicalIds.add(String(argument));
      break;
    case 'Fn::GetAtt':
      noteAttribute(Array.isArray(argument) ? argument.join('.') : String(argument), found);
      break;
    case 'Fn::Sub': {
      const template = String(Array.isArray(argument) ? argument[0] : argument);
      for (const [, path = ''] of template.matchAll(PLACEHOLDER)) noteAttribute(path, found);
      break;
    }
    case 'Fn::ImportValue':
      if (typeof argument === 'string') found.imports.add(argument);
      break;
    case 'Fn::GetStackOutput':
      if (isObject(argument)) found.stacks.add(String(argument.StackName));
      break;
  }
}

function noteAttribute(path: string, found: References): void {
  const [id, ...attribute] = path.split('.') as [string, ...string[]];
  found.logicalIds.add(id);
  if (attribute.length > 0) found.attributes.add(path);
}

/** `${Name}` and `${Name.Attribute}`, but not the escaped `${!Literal}`. */
const PLACEHOLDER = /\$\{\s*([^!{}][^{}]*?)\s*\}/g;

function functionCall(value: JsonObject): { name: string; argument: Json } | undefined {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  const isCall = name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof value[name] === 'string');
  return isCall ? { name, argument: value[name] as Json } : undefined;
}

function substitute(argument: Json, scope: Scope): Json {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  const filled = text(template, 'Fn::Sub').replace(PLACEHOLDER, (_whole, name: string) => {
    const variable = own[name];
    if (variable !== undefined) return text(resolve(variable, scope), 'Fn::Sub');
    const [id, ...path] = name.split('.') as [string, ...string[]];
    return text(path.length > 0 ? attribute(id, path.join('.'), scope) : reference(id, scope), 'Fn::Sub');
  });
  return scope.composed(filled.replaceAll('${!', '${'));
}

function reference(name: string, scope: Scope): Json | undefined {
  if (name === 'AWS::NoValue') return undefined;
  const value = scope.pseudo[name] ?? scope.parameters[name] ?? scope.ref(name);
  if (value === undefined) throw new AssemblyError(`There is no resource or parameter '${name}'.`);
  return value;
}

function attribute(id: string, name: string, scope: Scope): Json {
  const value = scope.attribute(id, name);
  if (value === undefined) throw new AssemblyError(`The resource '${id}' has no attribute '${name}'.`);
  return value;
}

function attributeArguments(argument: Json, scope: Scope): [string, string] {
  const parts = typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt');
  const [id, ...path] = parts.map((part) => text(resolve(part, scope), 'Fn::GetAtt'));
  return [id ?? '', path.join('.')];
}

function truth(value: Json, scope: Scope): boolean {
  const found = resolve(value, scope);
  return found === true || found === 'true';
}

function list(value: Json | undefined, where: string): Json[] {
  if (Array.isArray(value)) return value;
  throw new AssemblyError(`${where} wants a list, not ${JSON.stringify(value ?? null)}.`);
}

function text(value: Json | undefined, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new AssemblyError(`${where} wants a text, not ${JSON.stringify(value ?? null)}.`);
}
