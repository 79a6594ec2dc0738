import { isObject, type Json } from '../../asl/json';
import type { BusEvent, Rule, Target } from './model';

/**
 * Owns what a target gets of an event: all of it, a part (InputPath), a constant (Input) or a template (InputTransformer,
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
export function targetInput(target: Target, event: BusEvent, rule: Rule): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer) return transform(target.InputTransformer, event, rule);
  if (target.InputPath !== undefined) return JSON.stringify(select(target.InputPath, event) ?? null);
  return JSON.stringify(event);
}

/** Whether a path is one that `select` follows: `$`, `$.detail.a`, `$.detail.list[0]`, `$['detail-type']`. */
export function isPath(path: string): boolean {
  return /^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path);
}

function select(path: string, event: Json): Json | undefined {
  const steps = path.match(/[\w-]+|'[^']+'/g) ?? [];
  return steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    const name = step.replace(/^'|'$/g, '');
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, event);
}

/** Inside of JSON text values are inserted bare and escaped, elsewhere as JSON. */
function transform(transformer: NonNullable<Target['InputTransformer']>, event: BusEvent, rule: Rule): string {
  const { InputPathsMap = {}, InputTemplate } = transformer;
  const variable = (name: string): Json | undefined => {
    if (Object.hasOwn(InputPathsMap, name)) return select(InputPathsMap[name] as string, event);
    return {
      'aws.events.event': event,
      'aws.events.event.json': event,
      'aws.events.rule-arn': rule.arn,
      'aws.events.rule-name': rule.name,
      'aws.events.event.ingestion-time': event.time,
    }[name];
  };
  let inText = false;
  return InputTemplate.replace(/<([\w.-]+)>|\\.|"/gs, (token, name: string | undefined) => {
    if (token === '"') inText = !inText;
    if (name === undefined) return token;
    const value = variable(name);
    if (!inText) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}
