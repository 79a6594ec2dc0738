import { isObject, type Json } from '../asl/json';
import { AssemblyError } from './errors';
import { referencesOf } from './intrinsics';
import { templatesOf } from './nesting';
import type { StackArtifact } from './reader';
import type { Parameter, Template } from './template';

/** `AWS::SSM::Parameter::Value<String>`: the default names a parameter of SSM, whose value it is. */
const OF_SSM = /^AWS::SSM::Parameter::Value<(.*)>$/;

/**
 * The values of a stack's parameters: their defaults, in whose place given values are, or what SSM has under them.
 * @param ssm values by the names of parameters of SSM
 * @param note told in a sentence of each that something refers to and SSM does not have; its value, `standIn`, is its name then
 * @throws AssemblyError for a parameter without a default
 */
export function parameterValues(
  stack: StackArtifact,
  ssm: ReadonlyMap<string, string>,
  note: (sentence: string, standIn: string) => void,
): Record<string, Json> {
  const { Parameters, Resources, Outputs, Conditions } = stack.template;
  const { logicalIds: used } = referencesOf([Resources, Outputs, Conditions] as unknown as Json);
  const values: Record<string, Json> = {};
  for (const [name, parameter] of Object.entries(Parameters)) {
    const value = parameter.Default;
    if (value === undefined || isObject(value)) {
      throw new AssemblyError(`${stack.templateFile}: the parameter ${name} has no default value.`);
    }
    const type = OF_SSM.exec(parameter.Type)?.[1] ?? parameter.Type;
    const found = type === parameter.Type ? value : ssm.get(String(value));
    // Each stack of the CDK has one for the version of the bootstrap, which only its Rules ask for.
    if (found === undefined && used.has(name)) {
      note(
        `The parameter ${name} of ${stack.name}: no stack before it makes the SSM parameter ${value}, ` +
          'so that its name stands for its value.',
        String(value),
      );
    }
    values[name] = asType(type, found ?? value);
  }
  return values;
}

/** Names of parameters of SSM that the stack's own parameters, or dynamic references in it, ask for. */
export function ssmNamesIn(stack: StackArtifact): string[] {
  return templatesOf(stack).flatMap(ssmNamesOf);
}

function ssmNamesOf(template: Template): string[] {
  const defaults = Object.values(template.Parameters)
    .filter((parameter: Parameter) => OF_SSM.test(parameter.Type))
    .map(({ Default }) => String(Default));
  const dynamic = JSON.stringify(template.Resources).matchAll(/\{\{resolve:ssm:([^:}]+)/g);
  return [...defaults, ...[...dynamic].map(([, name]) => name as string)];
}

function asType(type: string, value: Json): Json {
  const isList = /^List<|CommaDelimitedList/.test(type) && typeof value === 'string';
  return isList ? value.split(',').map((part) => part.trim()) : value;
}
