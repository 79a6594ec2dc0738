import { readFileSync } from 'node:fs';
import { isObject, type JsonObject } from '../asl/json';
import { AssemblyError, reasonOf } from './errors';

/** The JSON object in a file of the assembly. @throws AssemblyError naming the file */
export function readJson(file: string): JsonObject {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AssemblyError(absent ? `${file} does not exist.` : `${file} cannot be read: ${reasonOf(error)}`);
  }
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch (error) {
    throw new AssemblyError(`${file} is not JSON: ${reasonOf(error)}`);
  }
  throw new AssemblyError(`${file} is malformed: it is not a JSON object.`);
}
