import type { JsonObject } from '../../asl/json';
import type { Executions } from '../../runtime/executions';
import type { Collection } from '../../runtime/store';
import type { Caller } from '../aws';
import type { Parts } from '../parts';
import { makeArn, parseArn } from './arns';
import { pageSize, requireName } from './checks';
import { readEncryption } from './encryption';
import { failures, type Input } from './errors';
import { page } from './paging';
import { addTags, readTags, type Tags } from './tags';

/** How long GetActivityTask waits for a task, in real ms. */
const LONG_POLL = 60_000;

/** Activities in memory: every task of one asks whether it is there. */
const KEPT = 1000;

/** Owns activities: their records, and the long poll of their workers. Their tasks are the runtime's. */
export class Activities {
  readonly #activities: Collection<ActivityRecord>;

  constructor(
    private readonly parts: Parts,
    private readonly executions: () => Executions,
  ) {
    this.#activities = parts.store.collection('activities', KEPT);
  }

  has(arn: string): boolean {
    return this.#activities.get(arn) !== undefined;
  }

  /** Of all there are. */
  *arns(): Generator<string> {
    for (const { key } of this.#activities.list()) yield key;
  }

  /** Idempotent by name; only another encryption makes it another activity. */
  async create(input: Input): Promise<Input> {
    const name = requireName(input);
    const arn = makeArn(this.parts.identity, 'activity', name);
    const encryption = readEncryption(input.encryptionConfiguration);
    let activity = this.#activities.get(arn);
    if (activity && JSON.stringify(activity.encryption ?? AWS_OWNED) !== JSON.stringify(encryption)) {
      throw failures.activityExists(arn);
    }
    if (!activity) {
      const tags = addTags(arn, {}, readTags(input.tags));
      activity = { arn, name, createdAt: this.parts.clock.now(), tags, encryption };
      await this.#activities.put(arn, activity);
    }
    return { activityArn: arn, creationDate: new Date(activity.createdAt) };
  }

  /** Deleting what is not there is no error. */
  async delete(input: Input): Promise<Input> {
    const arn = input.activityArn;
    parseArn(arn, 'activity');
    await this.#activities.delete(arn);
    return {};
  }

  describe(input: Input): Input {
    const { arn, name, createdAt, encryption: encryptionConfiguration = AWS_OWNED } = this.#require(input);
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
    const name = input.workerName ?? undefined;
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
    const arn = input.activityArn;
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
  readonly encryption?: JsonObject;
}

const AWS_OWNED = readEncryption(undefined);
