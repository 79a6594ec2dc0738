import { isObject, type Json, type JsonObject } from '../asl/json';
import { AssemblyError } from './errors';

/**
 * Reads a resource's resolved properties with the types that CloudFormation documents. CloudFormation is lenient where
 * the AWS operations are not: 'true' and '30' are a flag and a number too.
 */
export class Properties {
  constructor(private readonly values: JsonObject) {}

  /** As they are. */
  get all(): JsonObject {
    return this.values;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  raw(name: string): Json | undefined {
    return this.values[name];
  }

  /** @throws AssemblyError when absent, here and in the other required ones. */
  requiredText(name: string): string {
    return this.text(name) ?? missing(name);
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return wrong(name, 'a text');
  }

  number(name: string): number | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : wrong(name, 'a number');
  }

  flag(name: string): boolean | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return wrong(name, 'true or false');
  }

  object(name: string): Properties | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    return isObject(value) ? new Properties(value) : wrong(name, 'an object');
  }

  list(name: string): Json[] {
    const value = this.values[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : wrong(name, 'a list');
  }

  objects(name: string): Properties[] {
    return this.list(name).map(
      (element) => new Properties(isObject(element) ? element : wrong(name, 'a list of objects')),
    );
  }

  names(): string[] {
    return Object.keys(this.values);
  }

  /** The members of an object whose values are texts, e.g. environment variables. */
  texts(name: string): Record<string, string> {
    const members = this.object(name);
    if (!members) return {};
    return Object.fromEntries(members.names().map((key) => [key, members.requiredText(key)]));
  }

  /** The properties of these names that are set, as they are: for operations whose input has the same members. */
  pick(...names: string[]): JsonObject {
    return Object.fromEntries(names.filter((name) => this.has(name)).map((name) => [name, this.values[name] as Json]));
  }
}

function missing(name: string): never {
  throw new AssemblyError(`The property ${name} is missing.`);
}

function wrong(name: string, wanted: string): never {
  throw new AssemblyError(`The property ${name} is not ${wanted}.`);
}
