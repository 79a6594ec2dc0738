import type { Json } from '../../asl/json';
import { fillTemplate, isPath, selectPath } from '../patterns/template';
import { parsedJson, type SqsRecord, withParsedBody } from '../polling/records';
import type { Pipe } from './model';

/**
 * What a pipe's target gets of a record: the record, or what the template makes of it
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html).
 */
export function targetInput(pipe: Pipe, record: SqsRecord, now: number): Json {
  const template = pipe.targetParameters.InputTemplate;
  if (typeof template !== 'string' || template === '') return record;
  // Paths look into the body where it is JSON.
  const event = withParsedBody(record);
  const reserved: Record<string, Json> = {
    'aws.pipes.pipe-arn': pipe.arn,
    'aws.pipes.pipe-name': pipe.name,
    'aws.pipes.source-arn': pipe.source,
    'aws.pipes.target-arn': pipe.target,
    'aws.pipes.event.ingestion-time': new Date(now).toISOString(),
    'aws.pipes.event': record,
    'aws.pipes.event.json': event,
  };
  const text = fillTemplate(template, (name) => (isPath(name) ? selectPath(name, event) : reserved[name]));
  return parsedJson(text) ?? text;
}

/** A target's parameter: the text itself, or what its path finds in the record (eb-pipes-event-target.html). */
export function parameterText(given: unknown, record: SqsRecord): string | undefined {
  if (typeof given !== 'string') return undefined;
  if (!isPath(given)) return given;
  const found = selectPath(given, withParsedBody(record));
  if (found === undefined) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}
