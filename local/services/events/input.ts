import type { Json } from '../../asl/json';
import { fillTemplate, selectPath } from '../patterns/template';
import type { BusEvent, Rule, Target } from './model';

/**
 * Owns what a target gets of an event: all of it, a part (InputPath), a constant (Input) or a template (InputTransformer,
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
export function targetInput(target: Target, event: BusEvent, rule: Rule): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer) return transform(target.InputTransformer, event, rule);
  if (target.InputPath !== undefined) return JSON.stringify(selectPath(target.InputPath, event) ?? null);
  return JSON.stringify(event);
}

function transform(transformer: NonNullable<Target['InputTransformer']>, event: BusEvent, rule: Rule): string {
  const { InputPathsMap = {}, InputTemplate } = transformer;
  const reserved: Record<string, Json> = {
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
  };
  return fillTemplate(InputTemplate, (name) =>
    Object.hasOwn(InputPathsMap, name) ? selectPath(InputPathsMap[name] as string, event) : reserved[name],
  );
}
