import type { AwsShape } from '../../aws';
import { readXml, type XmlElement } from '../../wire/xml-reader';
import { malformedXml } from '../errors';

/** Owns S3's XML: elements to shapes, and shapes to text. */

/** The root element of a document; throws MalformedXML. */
export function parseXml(document: string): XmlElement {
  try {
    return readXml(document);
  } catch {
    throw malformedXml();
  }
}

/** Elements that repeat, and the member of AWS's model that lists them; lists with an element of their own list its children. */
const REPEATED: Record<string, string> = {
  Rule: 'Rules',
  Object: 'Objects',
  Part: 'Parts',
  Transition: 'Transitions',
  NoncurrentVersionTransition: 'NoncurrentVersionTransitions',
  CORSRule: 'CORSRules',
  AllowedMethod: 'AllowedMethods',
  AllowedOrigin: 'AllowedOrigins',
  AllowedHeader: 'AllowedHeaders',
  ExposeHeader: 'ExposeHeaders',
  TopicConfiguration: 'TopicConfigurations',
  QueueConfiguration: 'QueueConfigurations',
  CloudFunctionConfiguration: 'LambdaFunctionConfigurations',
  Event: 'Events',
};
const ELEMENTS = Object.fromEntries(Object.entries(REPEATED).map(([element, member]) => [member, element]));
/** Answers' lists that repeat under their own names. */
const SAME_NAMED = new Set(['Contents', 'CommonPrefixes', 'Deleted']);
/** Answers' lists whose elements are named otherwise than in requests. */
const ANSWERED: Record<string, string> = { Errors: 'Error', Uploads: 'Upload' };
/** Lists with an element of their own around their items. */
const WRAPPED: Record<string, string> = { TagSet: 'Tag', Buckets: 'Bucket' };

/** An element's children as members of a shape; text that says so becomes a boolean or a number. */
export function toShape(element: XmlElement): AwsShape {
  const shape: AwsShape = {};
  for (const child of element.children) {
    const list = Object.hasOwn(REPEATED, child.name) ? REPEATED[child.name] : undefined;
    if (list) shape[list] = [...(shape[list] ?? []), toValue(child)];
    else shape[child.name] = toValue(child);
  }
  return shape;
}

const NUMBERS = new Set([
  'Days',
  'NoncurrentDays',
  'NewerNoncurrentVersions',
  'DaysAfterInitiation',
  'PartNumber',
  'MaxAgeSeconds',
]);

function toValue(element: XmlElement): unknown {
  if (Object.hasOwn(WRAPPED, element.name)) return element.children.map(toValue);
  if (element.children.length > 0) return toShape(element);
  const { name, text } = element;
  if (NUMBERS.has(name)) return Number(text.trim());
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** A document whose root holds a shape's members. */
export function formatXml(root: string, shape: AwsShape): string {
  const body = Object.entries(shape).map(([name, value]) => format(name, value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body.join('')}</${root}>`;
}

export const formatError = (members: AwsShape): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${Object.entries(members)
    .map(([name, value]) => format(name, value))
    .join('')}</Error>`;

function format(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) {
    const wrapped = Object.hasOwn(WRAPPED, name) && WRAPPED[name];
    if (wrapped) return `<${name}>${value.map((item) => format(wrapped, item)).join('')}</${name}>`;
    const element = SAME_NAMED.has(name) ? name : (ANSWERED[name] ?? ELEMENTS[name] ?? name);
    return value.map((item) => format(element, item)).join('');
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([member, content]) => format(member, content));
    return `<${name}>${members.join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** Characters that XML 1.0 cannot carry are answered as references, as S3 does: callers ask for `encoding-type=url`. */
const escapeXml = (text: string): string =>
  text.replace(
    /[&<>"]|[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
    (character) => `&#x${character.charCodeAt(0).toString(16)};`,
  );
