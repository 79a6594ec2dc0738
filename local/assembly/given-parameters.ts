import { isObject, type Json } from '../asl/json';
import { AssemblyError } from './errors';
import type { NestingTemplate } from './nesting';
import type { StackArtifact } from './reader';
import type { Parameter, Template } from './template';

/** A value for a parameter of the templates: of one stack, or of every stack that has one by this name. */
export interface GivenParameter {
  /** The stack's name. */
  readonly stack?: string | undefined;
  readonly name: string;
  readonly value: string;
}

/**
 * The stacks with the values given in place of their parameters' defaults. A value for one stack goes before one for all,
 * and the last before the others, as with `cdk deploy --parameters`.
 * @throws AssemblyError for a value that no stack asks for or that a template does not allow, and for parameters that
 * have neither a value nor a default
 */
export function giveParameters(stacks: readonly StackArtifact[], given: readonly GivenParameter[]): StackArtifact[] {
  for (const one of given) requireWanted(stacks, one);
  const filled = stacks.map((stack) => {
    const own = given.filter((one) => one.stack === stack.name);
    const common = given.filter((one) => one.stack === undefined);
    return {
      ...stack,
      template: withValues(stack, new Map([...common, ...own].map(({ name, value }) => [name, value]))),
    };
  });
  requireValues(filled);
  return filled;
}

/**
 * The template of a nested stack with the values that the one above it passes, in place of defaults.
 * @throws AssemblyError in CloudFormation's words for a value that is not asked for, missing, or not allowed
 */
export function passParameters(nested: NestingTemplate, passed: Readonly<Record<string, string>>): Template {
  const { Parameters } = nested.template;
  const unknown = Object.keys(passed).filter((name) => !Object.hasOwn(Parameters, name));
  if (unknown.length > 0) throw new AssemblyError(`Parameters: [${unknown.join(', ')}] do not exist in the template.`);
  const filled = withValues(nested, new Map(Object.entries(passed)));
  const missing = Object.keys(Parameters).filter((name) => filled.Parameters[name]?.Default === undefined);
  if (missing.length > 0) throw new AssemblyError(`Parameters: [${missing.join(', ')}] must have values.`);
  return filled;
}

function withValues({ templateFile, template }: NestingTemplate, values: ReadonlyMap<string, string>): Template {
  const Parameters = Object.entries(template.Parameters).map(([name, parameter]) => {
    const value = values.get(name);
    if (value === undefined) return [name, parameter];
    const broken = violationOf(parameter, value);
    if (broken) throw new AssemblyError(`${templateFile}: ${constraintText(name, parameter, broken)}.`);
    return [name, { ...parameter, Default: value }];
  });
  return { ...template, Parameters: Object.fromEntries(Parameters) };
}

function requireWanted(stacks: readonly StackArtifact[], { stack, name }: GivenParameter): void {
  const asked = stacks.filter((one) => stack === undefined || one.name === stack);
  if (asked.length === 0) {
    throw new AssemblyError(`There is no stack ${stack}, only ${stacks.map((one) => one.name).join(', ')}.`);
  }
  if (asked.some(({ template }) => Object.hasOwn(template.Parameters, name))) return;
  throw new AssemblyError(
    stack === undefined ? `No stack has a parameter ${name}.` : `The stack ${stack} has no parameter ${name}.`,
  );
}

function requireValues(stacks: readonly StackArtifact[]): void {
  const missing = stacks.flatMap(({ name: stack, template }) =>
    Object.entries(template.Parameters)
      .filter(([, { Default }]) => Default === undefined)
      .map(([name]) => `--parameter ${stack}:${name}=VALUE`),
  );
  if (missing.length === 0) return;
  throw new AssemblyError(`Parameters of the stacks have no default value; start with ${missing.join(' ')}.`);
}

/** What a template's constraint says that a value breaks, as the end of CloudFormation's sentence. */
function violationOf(parameter: Parameter, value: string): string | undefined {
  const { Type, AllowedValues, AllowedPattern, MinLength, MaxLength, MinValue, MaxValue } = parameter;
  const isList = /^List<|^CommaDelimitedList$/.test(Type);
  const items = isList ? value.split(',').map((item) => item.trim()) : [value];
  const isBroken = (holds: (item: string) => boolean) => !items.every(holds);
  if (/^(List<)?Number>?$/.test(Type) && isBroken((item) => item !== '' && Number.isFinite(Number(item)))) {
    return 'must be a number';
  }
  const allowed = Array.isArray(AllowedValues) ? AllowedValues.map(String) : undefined;
  if (allowed && isBroken((item) => allowed.includes(item))) return `must be one of ${allowed.join(', ')}`;
  if (AllowedPattern !== undefined && isBroken((item) => matches(String(AllowedPattern), item))) {
    return `must match pattern ${AllowedPattern}`;
  }
  if (value.length < limit(MinLength, 0)) return `must contain at least ${MinLength} characters`;
  if (value.length > limit(MaxLength, Infinity)) return `must contain at most ${MaxLength} characters`;
  if (isBroken((item) => !(Number(item) < limit(MinValue, -Infinity)))) {
    return `must be a number not less than ${MinValue}`;
  }
  if (isBroken((item) => !(Number(item) > limit(MaxValue, Infinity)))) {
    return `must be a number not greater than ${MaxValue}`;
  }
  return undefined;
}

function constraintText(name: string, { ConstraintDescription: description }: Parameter, broken: string): string {
  const failed = typeof description === 'string' ? `failed to satisfy constraint: ${description}` : broken;
  return `Parameter '${name}' ${failed.replace(/\.$/, '')}`;
}

/** The whole value. What only Java's expressions have is not checked. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return true;
  }
}

function limit(given: Json | undefined, otherwise: number): number {
  return given === undefined || isObject(given) ? otherwise : Number(given);
}
