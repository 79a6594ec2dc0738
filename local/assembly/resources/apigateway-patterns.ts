import { javaPattern } from '../../services/apigateway/rest/vtl/java-patterns';
import { AssemblyError } from '../errors';
import type { Properties } from '../properties';

/**
 * A regular expression of API Gateway's, which are Java's.
 * @throws AssemblyError where the property is none
 */
export function patternIn(properties: Properties, name: string): string | undefined {
  const pattern = properties.text(name);
  try {
    javaPattern(pattern ?? '');
    return pattern;
  } catch {
    throw new AssemblyError(`The ${name} ${pattern} is no regular expression.`);
  }
}
