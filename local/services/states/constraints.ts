import { Memo } from '../../asl/memo';
import { AwsError, type AwsShape } from '../aws';
import { type ListShape, type NumberShape, REQUESTS, type Shape, type StructureShape, type TextShape } from './model';

/**
 * Owns the check of a request against the model, as AWS makes it before anything else looks at the request. A member
 * of the wrong type is a SerializationException; all violated constraints together are one ValidationException.
 *
 * After it, members that are there have their types and their limits; `null` is like not being there.
 */
export function checkRequest(operation: string, input: AwsShape): void {
  const request = REQUESTS[operation];
  if (!request) return;
  const problems: string[] = [];
  checkMembers(request, input, '', problems);
  if (problems.length === 0) return;
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  throw new AwsError('ValidationException', `${count} detected: ${problems.join('; ')}`);
}

function checkMembers(
  { required, members }: StructureShape,
  value: AwsShape,
  prefix: string,
  problems: string[],
): void {
  for (const name in members) {
    const shape = members[name] as Shape;
    const member: unknown = value[name];
    if (member !== undefined && member !== null) check(shape, member, `${prefix}${name}`, problems);
    else if (required.includes(name)) violate(problems, shape, null, `${prefix}${name}`, 'Member must not be null');
  }
}

function check(shape: Shape, value: unknown, at: string, problems: string[]): void {
  switch (shape.type) {
    case 'text':
      if (typeof value !== 'string') throw mistyped(value, 'a String');
      checkText(shape, value, at, problems);
      break;
    case 'integer':
    case 'float':
      if (typeof value !== 'number') throw mistyped(value, shape.type === 'float' ? 'a Float' : 'an Integer');
      if (shape.type === 'integer' && !Number.isInteger(value)) throw mistyped(value, 'an Integer');
      checkRange(shape, value, 'value', value, at, problems);
      break;
    case 'boolean':
      if (typeof value !== 'boolean') throw mistyped(value, 'a Boolean');
      break;
    case 'list':
      if (!Array.isArray(value)) throw mistyped(value, 'a List');
      checkList(shape, value, at, problems);
      break;
    case 'structure':
      if (typeof value !== 'object' || Array.isArray(value)) throw mistyped(value, 'a Structure');
      checkMembers(shape, value as AwsShape, `${at}.`, problems);
      break;
  }
}

const patterns = new Memo((pattern) => new RegExp(`^(?:${pattern})$`, 'u'));

function checkText(shape: TextShape, value: string, at: string, problems: string[]): void {
  checkRange(shape, value.length, 'length', value, at, problems);
  if (shape.pattern && !patterns.get(shape.pattern).test(value)) {
    violate(problems, shape, value, at, `Member must satisfy regular expression pattern: ${shape.pattern}`);
  }
  if (shape.oneOf && !shape.oneOf.includes(value)) {
    violate(problems, shape, value, at, `Member must satisfy enum value set: [${shape.oneOf.join(', ')}]`);
  }
}

function checkList(shape: ListShape, items: unknown[], at: string, problems: string[]): void {
  for (const [i, item] of items.entries()) {
    const itemAt = `${at}.${i + 1}.member`;
    if (item === null) violate(problems, shape.of, null, itemAt, 'Member must not be null');
    else check(shape.of, item, itemAt, problems);
  }
  checkRange(shape, items.length, 'length', items, at, problems);
}

function checkRange(
  shape: TextShape | NumberShape | ListShape,
  size: number,
  measure: 'length' | 'value',
  value: unknown,
  at: string,
  problems: string[],
): void {
  const { least, most } = shape;
  if (least !== undefined && size < least) {
    violate(problems, shape, value, at, `Member must have ${measure} greater than or equal to ${least}`);
  }
  if (most !== undefined && size > most) {
    violate(problems, shape, value, at, `Member must have ${measure} less than or equal to ${most}`);
  }
}

function violate(problems: string[], shape: Shape, value: unknown, at: string, constraint: string): void {
  const sensitive = shape.type === 'text' && shape.sensitive;
  const told = value === null ? ' null' : sensitive ? '' : ` '${display(shape, value)}'`;
  problems.push(`Value${told} at '${at}' failed to satisfy constraint: ${constraint}`);
}

/** A value as AWS's errors print it: `[RoutingConfigurationListItem(stateMachineVersionArn=arn, weight=50)]`. */
function display(shape: Shape, value: unknown): string {
  if (shape.type === 'list') return `[${(value as unknown[]).map((item) => display(shape.of, item)).join(', ')}]`;
  if (shape.type !== 'structure' || value === null) return String(value);
  const members = Object.entries(value as AwsShape).map(([name, member]) => `${name}=${member}`);
  return `${shape.name}(${members.join(', ')})`;
}

function mistyped(value: unknown, expected: string): AwsError {
  const message =
    typeof value === 'object'
      ? `Start of ${Array.isArray(value) ? 'list' : 'structure or map'} found where not expected.`
      : `${tokenOf(value)} can not be converted to ${expected}`;
  return new AwsError('SerializationException', message);
}

/** As the parser of AWS's front door names it. */
function tokenOf(value: unknown): string {
  return typeof value === 'boolean' ? `${String(value).toUpperCase()}_VALUE` : `${(typeof value).toUpperCase()}_VALUE`;
}
