import { isObject, type Json, type JsonObject } from '../asl/json';
import { AssemblyError } from './errors';

/** The sections of a CloudFormation template that a deployment reads. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions: Readonly<Record<string, Json>>;
  readonly Mappings: Readonly<Record<string, JsonObject>>;
  readonly Outputs: Readonly<Record<string, Output>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Condition?: string;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: Json;
  readonly AllowedValues?: Json;
  readonly AllowedPattern?: Json;
  readonly MinLength?: Json;
  readonly MaxLength?: Json;
  readonly MinValue?: Json;
  readonly MaxValue?: Json;
  readonly ConstraintDescription?: Json;
}

export interface Output {
  readonly Value: Json;
  readonly Condition?: string;
  readonly Export?: { readonly Name: Json };
}

/**
 * Checks the shape of a template.
 * @throws AssemblyError naming `file` and the part that is malformed.
 */
export function parseTemplate(value: JsonObject, file: string): Template {
  const section = (name: string): Record<string, JsonObject> => {
    const found = value[name] ?? {};
    if (!isObject(found)) throw new AssemblyError(`${file} is malformed: '${name}' is not an object.`);
    for (const [key, entry] of Object.entries(found)) {
      if (!isObject(entry)) throw new AssemblyError(`${file} is malformed: '${name}.${key}' is not an object.`);
    }
    return found as Record<string, JsonObject>;
  };
  const resources = section('Resources');
  for (const [id, resource] of Object.entries(resources)) {
    if (typeof resource.Type !== 'string')
      throw new AssemblyError(`${file} is malformed: the resource ${id} has no Type.`);
    if (resource.Properties !== undefined && !isObject(resource.Properties)) {
      throw new AssemblyError(`${file} is malformed: the Properties of ${id} are not an object.`);
    }
  }
  return {
    Resources: resources as unknown as Record<string, Resource>,
    Parameters: section('Parameters') as unknown as Record<string, Parameter>,
    Conditions: section('Conditions'),
    Mappings: section('Mappings'),
    Outputs: section('Outputs') as unknown as Record<string, Output>,
  };
}
