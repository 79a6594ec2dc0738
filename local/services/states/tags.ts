import { parseArn } from './arns';
import { failures, type Input } from './errors';

/** Owns tags: their shape on the wire and as they are kept. */
export type Tags = Record<string, string>;

const MOST_TAGS = 50;

/** Reads a list of `{key, value}`. */
export function readTags(list: Input[] | undefined | null): Tags {
  const tags = (list ?? []).map(({ key, value }) => [key ?? '', value ?? ''] as const);
  if (tags.flat().some((text) => !ALLOWED_IN_TAGS.test(text))) throw failures.invalidTag();
  return Object.fromEntries(tags);
}

const ALLOWED_IN_TAGS = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

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
    const gone = new Set(input.tagKeys);
    await kind.setTags(arn, Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
    return {};
  }

  #find(input: Input): { arn: string; kind: Tagged; tags: Tags } {
    const arn = input.resourceArn;
    parseArn(arn, 'stateMachine', 'activity');
    for (const kind of this.kinds) {
      const tags = kind.tags(arn);
      if (tags) return { arn, kind, tags };
    }
    throw failures.resourceUnknown(arn);
  }
}
