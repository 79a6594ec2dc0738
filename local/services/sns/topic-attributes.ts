import { AwsError } from '../aws';
import { isFifo } from '../fifo/ids';

/** Those of FIFO topics: their values, of which the first is the default. */
const OF_FIFO: Record<string, readonly string[]> = {
  FifoTopic: ['true'],
  ContentBasedDeduplication: ['false', 'true'],
  FifoThroughputScope: ['Topic', 'MessageGroup'],
};

/** What a topic of this name has where nothing was set. */
export function defaultAttributes(name: string): Record<string, string> {
  if (!isFifo(name)) return {};
  return Object.fromEntries(Object.entries(OF_FIFO).map(([attribute, [value = '']]) => [attribute, value]));
}

/** @throws AwsError InvalidParameterException when a topic of this name cannot have the attribute */
export function requireAttribute(name: string, attribute: string, value: unknown): void {
  const choices = OF_FIFO[attribute];
  if (!choices) return;
  if (!isFifo(name) && String(value) !== 'false')
    throw invalid(`${attribute} Reason: it is only valid for FIFO topics`);
  if (isFifo(name) && !choices.includes(String(value))) throw invalid(`${attribute} Reason: ${choices.join(' or ')}`);
}

/** @throws AwsError InvalidParameterException */
export function requireName(name: unknown, attributes: Readonly<Record<string, unknown>>): asserts name is string {
  if (String(attributes.FifoTopic) === 'true') {
    if (typeof name === 'string' && /^(?=.{1,256}$)[A-Za-z0-9_-]+\.fifo$/.test(name)) return;
    throw invalid(
      'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.',
    );
  }
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid('Topic Name');
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);
}
