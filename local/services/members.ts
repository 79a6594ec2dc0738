import { AwsError, type AwsShape } from './aws';

/** The type of a member; the names in a map are the caller's own, so that nothing in it is looked at. */
export type MemberType = 'text' | 'texts' | 'structure' | 'structures' | 'map';

/**
 * Refuses a request in which a member, wherever it stands, is not of its type, before a service reads it. In the models
 * of most services a name has one type everywhere. Members that are not named are not looked at, nor is what is not there.
 *
 * @throws AwsError SerializationException
 */
export function checkMembers(input: AwsShape, types: Readonly<Record<string, MemberType>>): void {
  const rest: unknown[] = [input];
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (typeof part !== 'object' || part === null || part instanceof Date || part instanceof Uint8Array) continue;
    for (const [name, value] of Object.entries(part)) {
      const type = Object.hasOwn(types, name) ? types[name] : undefined;
      if (value === null || value === undefined) continue;
      if (type && !FITS[type](value))
        throw new AwsError('SerializationException', `${name} is not of the expected type.`);
      if (type !== 'map') rest.push(value);
    }
  }
}

const isText = (value: unknown) => typeof value === 'string';
const isStructure = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const FITS: Record<MemberType, (value: unknown) => boolean> = {
  text: isText,
  texts: (value) => Array.isArray(value) && value.every(isText),
  structure: isStructure,
  map: isStructure,
  structures: (value) => Array.isArray(value) && value.every(isStructure),
};
