import type { Executions } from '../../runtime/executions';
import type { Collection } from '../../runtime/store';
import type { Caller } from '../aws';
import type { Parts } from '../parts';
import { makeArn, parseArn } from './arns';
import { optionalText, pageSize, requireName, requireText } from './checks';
import { failures, type Input } from './errors';
import { page } from './paging';
import { addTags, readTags, type Tags } from './tags';

/** How long GetActivityTask waits for a task, in real ms. */
const LONG_POLL = 60_000;

/** Owns activities: their records, and the long poll of their workers. Their tasks are the runtime's. */
export class Activities {
  readonly #activities: Collection<ActivityRecord>;

  constructor(
    private readonly parts: Parts,
    private readonly executions: () => Executions,
  ) {
    this.#activities = parts.store.collection('activities');
  }

  has(arn: string): boolean {
    return this.#activities.get(arn) !== undefined;
  }

  /** Idempotent by name. */
  async create(input: Input): Promise<Input> {
    const name = requireName(input);
    const arn = makeArn(this.parts.identity, 'activity', name);
    let activity = this.#activities.get(arn);
    if (!activity) {
      activity = { arn, name, createdAt: this.parts.clock.now(), tags: addTags(arn, {}, readTags(input.tags)) };
      await this.#activities.put(arn, activity);
    }
    return { activityArn: arn, creationDate: new Date(activity.createdAt) };
  }

  /** Deleting what is not there is no error. */
  async delete(input: Input): Promise<Input> {
    const arn = requireText(input, 'activityArn', { most: 256 });
    parseArn(arn, 'activity');
    await this.#activities.delete(arn);
    return {};
  }

  describe(input: Input): Input {
    const { arn, name, createdAt } = this.#require(input);
    const encryptionConfiguration = { type: 'AWS_OWNED_KEY' };
    return { activityArn: arn, name, creationDate: new Date(createdAt), encryptionConfiguration };
  }

  list(input: Input): Input {
    const all = this.#activities.list().map(({ value }) => value);
    all.sort((a, b) => a.createdAt - b.createdAt);
    const { items, nextToken } = page(input, 'ListActivities', pageSize(input), all);
    const activities = items.map(({ arn, name, createdAt }) => {
      return { activityArn: arn, name, creationDate: new Date(createdAt) };
    });
    return { activities, nextToken };
  }

  /** Answers `{}` when no task came within a minute, as AWS does with a null token. */
  async getTask(input: Input, caller: Caller): Promise<Input> {
    const { arn } = this.#require(input);
    const name = optionalText(input, 'workerName', { most: 80 });
    const worker = { activityArn: arn, name, patience: LONG_POLL, signal: caller.signal };
    const task = await this.executions().poll(worker);
    return task ? { taskToken: task.token, input: JSON.stringify(task.input) } : {};
  }

  tags(arn: string): Tags | undefined {
    return this.#activities.get(arn)?.tags;
  }

  async setTags(arn: string, tags: Tags): Promise<void> {
    const activity = this.#activities.get(arn);
    if (activity) await this.#activities.put(arn, { ...activity, tags });
  }

  #require(input: Input): ActivityRecord {
    const arn = requireText(input, 'activityArn', { most: 256 });
    parseArn(arn, 'activity');
    const activity = this.#activities.get(arn);
    if (!activity) throw failures.activityUnknown(arn);
    return activity;
  }
}

interface ActivityRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Tags;
}
