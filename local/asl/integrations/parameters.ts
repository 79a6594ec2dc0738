import { isObject, type Json, type JsonObject } from '../json';
import { type Integration, integrationOf } from './integration';
import { nearest } from './nearest';
import { operationOf } from './optimized';
import { type MemberType, RequestModel } from './requests';

/**
 * Owns what the parameters of an integration must be, in AWS's words: as ValidateStateMachineDefinition says them of a
 * template, and an execution of the parameters that it would start a task with. Fields that are missing are all told;
 * only if there are none is the rest looked at, up to the first mistake. What a service itself refuses (nested
 * requirements, lengths, patterns) is its own to say, when it is called.
 */
export interface Mistake {
  readonly message: string;
  /** The field is named by a template and its value is not known yet: AWS finds it when the task is to start. */
  readonly later?: true;
}

/** How a template is read: which of its strings and fields are known only when it is filled. */
export interface TemplateLanguage {
  /** Fields whose name ends in `.$`. */
  readonly isDynamicField: (name: string) => boolean;
  /** `{% … %}` */
  readonly isDynamicValue: (value: Json) => boolean;
}

const FILLED: TemplateLanguage = { isDynamicField: () => false, isDynamicValue: () => false };

/** The mistakes of what a task is to be called with; none for functions, activities, and requests without a model. */
export function parameterMistakes(arn: string, parameters: Json): Mistake[] {
  const integration = integrationOf(arn);
  return integration ? templateMistakes(integration, parameters, FILLED) : [];
}

export function templateMistakes(integration: Integration, template: Json, language: TemplateLanguage): Mistake[] {
  if (!isObject(template)) return [];
  const given = new Set(Object.keys(template).map((name) => nameOf(name, language)));
  const own = unsupportedHere(integration).filter((name) => given.has(name));
  if (own.length > 0) return own.map((name) => ({ message: `The field '${name}' is not supported by Step Functions` }));
  const fields = integration.optimized?.fields;
  if (fields) return missing(fields, given);
  const request = requestOf(integration);
  if (!request) return [];
  const { model, shape } = request;
  const needed = [...model.spelled(shape, integration.kind)].filter(
    ([name, member]) => member.required && !isMade(integration, name),
  );
  const absent = missing(
    needed.map(([name]) => name),
    given,
  );
  if (absent.length > 0) return absent;
  const mistakes: Mistake[] = [];
  new Check(model, integration, language, mistakes).request(shape, template);
  const first = mistakes.find(({ later }) => !later);
  return [...mistakes.filter(({ later }) => later), ...(first ? [first] : [])];
}

function missing(names: readonly string[], given: ReadonlySet<string>): Mistake[] {
  return names
    .filter((name) => !given.has(name))
    .map((name) => ({ message: `The field '${name}' is required but was missing` }));
}

/** To wait for its end, Step Functions starts one ECS task, and calls it its own. */
function unsupportedHere({ service, action, pattern }: Integration): string[] {
  return service === 'ecs' && action === 'runTask' && pattern === 'sync' ? ['Count', 'StartedBy'] : [];
}

/** Optimised integrations make the token by which a request that is repeated is known. */
function isMade({ kind }: Integration, name: string): boolean {
  return kind === 'optimized' && /^client(Request)?Token$/i.test(name);
}

function requestOf({ kind, service, action, optimized }: Integration) {
  const request = kind === 'aws-sdk' ? ([service, operationOf(action)] as const) : optimized?.request;
  const model = request && RequestModel.of(request[0]);
  const shape = request && model?.request(request[1]);
  return model && shape !== undefined ? { model, shape } : undefined;
}

/** Without the `.$` that makes it dynamic. */
function nameOf(name: string, language: TemplateLanguage): string {
  return language.isDynamicField(name) ? name.slice(0, -2) : name;
}

/** Walks a template along its request's shape. */
class Check {
  constructor(
    private readonly model: RequestModel,
    private readonly integration: Integration,
    private readonly language: TemplateLanguage,
    private readonly mistakes: Mistake[],
  ) {}

  request(shape: string, template: JsonObject): void {
    this.#structure(shape, template, true);
  }

  #structure(name: string, value: JsonObject, top = false): void {
    const members = this.model.spelled(name, this.integration.kind);
    for (const [field, inner] of Object.entries(value)) {
      const member = nameOf(field, this.language);
      const type = members.get(member)?.type;
      if (!type) {
        const hint = top ? nearest(member, members.keys()) : undefined;
        const message = `The field "${member}" is not supported by Step Functions${hint ? `. Did you mean '${hint}'?` : ''}`;
        this.mistakes.push(member === field ? { message } : { message, later: true });
      } else if (member === field) this.#value(type, inner, member);
    }
  }

  #value(type: MemberType, value: Json, field: string): void {
    if (value === null || this.language.isDynamicValue(value)) return;
    switch (type.kind) {
      case 'structure':
        if (isObject(value)) this.#structure(type.shape, value);
        else this.#wrongKind(type, value, field);
        return;
      case 'list':
        if (Array.isArray(value)) for (const item of value) this.#value(type.of, item, field);
        else this.#wrongKind(type, value, field);
        return;
      case 'map':
        if (!isObject(value)) this.#wrongKind(type, value, field);
        else {
          for (const [name, item] of Object.entries(value)) {
            if (!this.language.isDynamicField(name)) this.#value(type.of, item, field);
          }
        }
        return;
      case 'string':
        // Objects and arrays are written as JSON.
        if (typeof value === 'number' || typeof value === 'boolean') this.#mistake(mustBe(field, 'STRING'));
        return;
      case 'integer':
      case 'long':
        if (!Number.isInteger(value)) this.#mistake(mustBe(field, type.kind.toUpperCase()));
        return;
      case 'float':
      case 'double':
        if (typeof value !== 'number') this.#mistake(mustBe(field, type.kind.toUpperCase()));
        return;
      case 'boolean':
        this.#boolean(value);
        return;
      case 'timestamp':
        if (typeof value !== 'string' && typeof value !== 'number') this.#wrongKind(type, value, field);
    }
  }

  #boolean(value: Json): void {
    const text = typeof value === 'string' ? value.trim() : '';
    const fits = typeof value === 'boolean' || Number.isInteger(value);
    if (fits || (typeof value === 'string' && BOOLEANS.has(text))) return;
    const [given, rest] =
      typeof value === 'string'
        ? [`String "${value}"`, 'only "true" or "false" recognized']
        : [tokenOf(value), undefined];
    this.#mistake(`Cannot deserialize value of type \`java.lang.Boolean\` from ${given}${rest ? `: ${rest}` : ''}`);
  }

  #wrongKind(type: MemberType, value: Json, field: string): void {
    if (type.kind === 'structure' && !Array.isArray(value) && this.integration.kind === 'aws-sdk') {
      this.#mistake(
        `Cannot construct instance of \`software.amazon.awssdk.services.${this.integration.service}.model.${type.shape}$BuilderImpl\` (although at least one Creator exists): no ${constructorFor(value)}`,
      );
      return;
    }
    const name = type.kind === 'list' ? 'an ARRAY' : type.kind === 'timestamp' ? 'a TIMESTAMP' : 'an OBJECT';
    this.#mistake(`The value for the field '${field}' must be ${name}`);
  }

  #mistake(message: string): void {
    this.mistakes.push({ message });
  }
}

const BOOLEANS = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', '', 'null']);

function mustBe(field: string, type: string): string {
  return `The value for the field '${field}' must be ${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}

function tokenOf(value: Json): string {
  if (typeof value === 'number') return 'Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)';
  return Array.isArray(value)
    ? 'Array value (token `JsonToken.START_ARRAY`)'
    : 'Object value (token `JsonToken.START_OBJECT`)';
}

function constructorFor(value: Json): string {
  const how = 'argument constructor/factory method to deserialize from';
  if (typeof value === 'string') return `String-${how} String value ('${value}')`;
  if (typeof value === 'boolean') return `boolean/Boolean-${how} boolean value (${value})`;
  const [type, kind] = Number.isInteger(value) ? ['int/Int', 'Number'] : ['double/Double', 'Number'];
  return `${type}-${how} ${kind} value (${value})`;
}
