import { parseArn } from './arns';
import { requireText } from './checks';
import { failures, type Input } from './errors';

/** Owns tags: their shape on the wire and as they are kept. */
export type Tags = Record<string, string>;

const MOST_TAGS = 50;

/** Reads a list of `{key, value}`. */
export function readTags(list: unknown): Tags {
  if (list === undefined || list === null) return {};
  if (!Array.isArray(list))
    throw failures.validation("Value at 'tags' failed to satisfy constraint: Member must be a list");
  return Object.fromEntries(list.map((tag: Input) => [String(tag?.key ?? ''), String(tag?.value ?? '')]));
}

/** The tags with `more` among them; throws TooManyTags. */
export function addTags(arn: string, tags: Tags, more: Tags): Tags {
  const all = { ...tags, ...more };
  if (Object.keys(all).length > MOST_TAGS) throw failures.tooManyTags(arn);
  return all;
}

/** What has tags: state machines, activities. */
export interface Tagged {
  /** Undefined when it has no resource of that ARN. */
  tags(arn: string): Tags | undefined;
  setTags(arn: string, tags: Tags): Promise<void>;
}

/** Owns TagResource, UntagResource and ListTagsForResource. */
export class Tagging {
  constructor(private readonly kinds: readonly Tagged[]) {}

  list(input: Input): Input {
    const { tags } = this.#find(input);
    return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  }

  async add(input: Input): Promise<Input> {
    const { arn, kind, tags } = this.#find(input);
    await kind.setTags(arn, addTags(arn, tags, readTags(input.tags)));
    return {};
  }

  async remove(input: Input): Promise<Input> {
    const { arn, kind, tags } = this.#find(input);
    const gone = new Set(Array.isArray(input.tagKeys) ? input.tagKeys : []);
    await kind.setTags(arn, Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
    return {};
  }

  #find(input: Input): { arn: string; kind: Tagged; tags: Tags } {
    const arn = requireText(input, 'resourceArn', { most: 256 });
    parseArn(arn, 'stateMachine', 'activity');
    for (const kind of this.kinds) {
      const tags = kind.tags(arn);
      if (tags) return { arn, kind, tags };
    }
    throw failures.resourceUnknown(arn);
  }
}
