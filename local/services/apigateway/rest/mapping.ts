import { isObject } from '../../../asl/json';
import { type RestVisit, requestContext } from './event';
import { JsonBody } from './json-values';
import { type Parameters, parametersOf } from './parameters';
import { Util } from './util';
import { Effort } from './vtl/effort';
import { type Template, TemplateError } from './vtl/nodes';
import { render } from './vtl/render';
import { AbsentMap, jsonOf, textOf, type Value, VtlMap, VtlObject } from './vtl/values';

/**
 * Owns what templates of one request find: $input, $context, $stageVariables and $util, and what they override.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export class Mapping {
  readonly #parameters: Parameters;
  readonly #context: VtlMap;
  readonly #overrides = { request: overrides(), response: overrides() };

  constructor(private readonly visit: RestVisit) {
    this.#parameters = parametersOf(visit);
    this.#context = expanding(requestContext(visit));
    this.#context.set('requestOverride', this.#overrides.request);
    this.#context.set('responseOverride', this.#overrides.response);
  }

  /**
   * @param body of the request, or of the integration's response
   * @throws TemplateError, and NotJson where the template reads a body that is no JSON
   */
  run(template: Template, body: string): string {
    const variables = new Map<string, Value>([
      ['input', new Input(body, this.#parameters)],
      ['context', this.#context],
      ['stageVariables', expanding(this.visit.stage.variables)],
      ['util', new Util()],
    ]);
    return render(template, variables);
  }

  /** '$context.requestOverride.header.x': by place and name; a header may have several values. */
  requestOverrides(place: 'header' | 'querystring' | 'path'): Map<string, string[]> {
    return overridden(this.#overrides.request, place);
  }

  responseHeaders(): Map<string, string[]> {
    return overridden(this.#overrides.response, 'header');
  }

  /** @throws TemplateError for what is no status */
  responseStatus(): number | undefined {
    if (!this.#overrides.response.has('status')) return undefined;
    const text = textOf(this.#overrides.response.get('status'), new Effort());
    if (!/^[2-5]\d\d$/.test(text)) throw new TemplateError(`The status '${text}' is none.`);
    return Number(text);
  }
}

/** '$input' */
class Input extends VtlObject {
  readonly #json: JsonBody;
  readonly #body: string;

  constructor(
    body: string,
    private readonly parameters: Parameters,
  ) {
    super();
    this.#body = body === '' ? '{}' : body;
    this.#json = new JsonBody(this.#body);
  }

  override property(name: string): Value {
    return name === 'body' ? this.#body : undefined;
  }

  override call(name: string, given: readonly Value[]): Value {
    const [text] = given;
    switch (name) {
      case 'params':
        return text === undefined ? this.#all() : this.#parameter(textOf(text, new Effort()));
      case 'path':
        // An empty text stands for what is not there.
        return typeof text === 'string' ? valueOr('', this.#json.find(text)) : undefined;
      case 'json':
        return typeof text === 'string' ? jsonOf(valueOr('', this.#json.find(text)), new Effort()) : undefined;
      default:
        return undefined;
    }
  }

  override toString(): string {
    return this.#body;
  }

  #all(): Value {
    const { path, querystring, header } = this.parameters;
    const places = { path, querystring, header };
    return new VtlMap(
      Object.entries(places).map(([place, values]) => [place, new VtlMap(Object.entries(values), () => '')]),
    );
  }

  #parameter(name: string): Value {
    const { path, querystring, header } = this.parameters;
    const place = [path, querystring, header].find((values) => Object.hasOwn(values, name));
    return place?.[name] ?? '';
  }
}

function valueOr(other: Value, value: Value): Value {
  return value === undefined ? other : value;
}

/** What is not known is nothing that is printed, at any depth. */
function expanding(members: Readonly<Record<string, unknown>>): VtlMap {
  const known = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  const map: VtlMap = new VtlMap(
    known.map(([name, value]) => [name, isObject(value) ? expanding(value) : (value as Value)]),
    (name) => new AbsentMap((member) => map.set(name, member)),
  );
  return map;
}

/** Each may be set once. */
class OverrideMap extends AbsentMap {
  override get(name: string): Value {
    return this.has(name) ? super.get(name) : new OverrideMap((map) => this.set(name, map));
  }

  override set(name: string, value: Value): this {
    if (this.has(name) && !(value instanceof OverrideMap))
      throw new TemplateError(`The override of '${name}' is set twice.`);
    return super.set(name, value);
  }
}

function overrides(): OverrideMap {
  return new OverrideMap(() => {});
}

function overridden(map: VtlMap, place: string): Map<string, string[]> {
  const found = map.get(place);
  if (!(found instanceof VtlMap)) return new Map();
  return new Map([...found].map(([name, value]) => [name, textsOf(value)]));
}

function textsOf(value: Value): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((each) => textOf(each, new Effort()));
}
