import { type Spelling, spelledName } from '../../../asl/integrations/member-name';
import { type MemberType, RequestModel } from '../../../asl/integrations/requests';
import { isObject, type Json, type JsonObject } from '../../../asl/json';
import type { AwsShape } from '../../aws';
import { ApiModel, type Shape } from '../api-models/api-model';
import { asText, toJson } from './values';

/**
 * Owns how a task's parameters become a service's request, and its answer the task's result, along AWS's models of both:
 * what a member is called on either side, and what JSON stands for texts, bytes and dates. Keys of maps and values are
 * data and stay as they are.
 */
export interface Call {
  /** As in `arn:aws:states:::aws-sdk:<service>:…` */
  readonly service: string;
  /** 'PutItem' */
  readonly operation: string;
  readonly spelling: Spelling;
}

/** @returns the request with the API's own member names; members that its model does not know are left as they are */
export function toRequest(call: Call, parameters: JsonObject): AwsShape {
  const model = RequestModel.of(call.service);
  const shape = model?.request(call.operation);
  return model && shape !== undefined ? structure(parameters, shape) : parameters;

  function structure(value: JsonObject, shape: string): AwsShape {
    const members = (model as RequestModel).spelled(shape, call.spelling);
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => {
        const member = members.get(field);
        return member ? [member.name, given(member.type, inner)] : [field, inner];
      }),
    );
  }

  function given(type: MemberType, value: Json): unknown {
    if (value === null) return null;
    switch (type.kind) {
      case 'structure':
        return isObject(value) ? structure(value, type.shape) : value;
      case 'list':
        return Array.isArray(value) ? value.map((item) => given(type.of, item)) : value;
      case 'map':
        return isObject(value)
          ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, given(type.of, item)]))
          : value;
      case 'string':
        return asText(value);
      case 'blob':
        return hasBytes(call) ? Buffer.from(asText(value)) : value;
      case 'timestamp':
        return instant(value);
      case 'boolean':
        return flag(value);
      default:
        return value;
    }
  }
}

/**
 * @param date how an instant is written; as text in ISO 8601 by default
 * @returns the answer with the member names of state machines, without those that are undefined
 */
export function toAnswer(call: Call, output: AwsShape, date: (date: Date) => Json = isoText): JsonObject {
  const model = ApiModel.of(call.service);
  const shape = model?.output(call.operation);
  return structure(output, shape ?? { type: 'structure' });

  function structure(value: AwsShape, { shape = '', members = {} }: Shape): JsonObject {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([name, inner]) => {
          const reference = Object.hasOwn(members, name) ? members[name] : undefined;
          return [spelledName(call.spelling, call.service, shape, name), answered(reference, inner)];
        }),
    );
  }

  function answered(reference: string | undefined, value: unknown): Json {
    const shape = reference === undefined ? undefined : model?.shape(reference);
    if (shape?.type === 'structure' && isPlain(value)) return structure(value, shape);
    if (shape?.type === 'list' && Array.isArray(value)) return value.map((item) => answered(shape.of, item));
    if (shape?.type === 'map' && isPlain(value)) {
      const items = Object.entries(value).filter(([, item]) => item !== undefined);
      return Object.fromEntries(items.map(([key, item]) => [key, answered(shape.of, item)]));
    }
    return toJson(value, date);
  }
}

/** As Java writes an Instant: without fractions of a second that are none. */
function isoText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** Optimised integrations and DynamoDB take and give bytes in Base64, as the wire does; others as text. */
function hasBytes({ service, spelling }: Call): boolean {
  return spelling === 'aws-sdk' && service !== 'dynamodb';
}

/** ISO 8601 or seconds since the epoch; what is neither is left for the service to refuse. */
function instant(value: Json): unknown {
  const date = new Date(typeof value === 'number' ? value * 1000 : String(value));
  return Number.isNaN(date.getTime()) ? value : date;
}

/** 'true', 'FALSE' and numbers stand for flags too; an empty text and 'null' for none. */
function flag(value: Json): Json {
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  return word === '' || word === 'null' ? null : word === 'true';
}

function isPlain(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isScalar(value);
}

function isScalar(value: object): boolean {
  return value instanceof Date || value instanceof Uint8Array;
}
