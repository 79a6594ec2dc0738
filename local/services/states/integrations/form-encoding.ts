import { isObject, type Json } from '../../../asl/json';
import { asText } from './values';

/**
 * A JSON value as `application/x-www-form-urlencoded`, the way an HTTP task's `Transform` asks for.
 *
 * @param arrays 'INDICES' `a[0]=1&a[1]=2`, 'BRACKETS' `a[]=1&a[]=2`, 'REPEAT' `a=1&a=2`, 'COMMAS' `a=1,2`, 'NONE' `a=[1,2]`
 */
export function formEncoded(value: Json, arrays: string): string {
  if (!isObject(value)) return asText(value);
  return Object.entries(value)
    .flatMap(([name, member]) => fields(encodeURIComponent(name), member, arrays))
    .join('&');
}

function fields(name: string, value: Json, arrays: string): string[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([inner, member]) =>
      fields(`${name}[${encodeURIComponent(inner)}]`, member, arrays),
    );
  }
  if (!Array.isArray(value) || arrays === 'NONE') return [`${name}=${encodeURIComponent(asText(value))}`];
  if (arrays === 'COMMAS') return [`${name}=${value.map((item) => encodeURIComponent(asText(item))).join(',')}`];
  return value.flatMap((item, i) => fields(elementName(name, i, arrays), item, arrays));
}

function elementName(name: string, index: number, arrays: string): string {
  switch (arrays) {
    case 'BRACKETS':
      return `${name}[]`;
    case 'REPEAT':
      return name;
    default:
      return `${name}[${index}]`;
  }
}
