import type { Collection, Store } from '../runtime/store';
import { AwsError, type AwsServices } from '../services/aws';
import type { Deployed, ResourceProvider } from './resource';

/** What a deployment left, kept with the data so that the next one can take back what has gone from the templates. */
export interface ResourceRecord extends Deployed {
  readonly type: string;
}

/**
 * Owns the records of deployed resources, by stack and logical id.
 *
 * D1  What leaves its template is taken back if its type can be without loss (rules, schedules, subscriptions);
 *     what holds data stays.
 */
export class ResourceRecords {
  readonly #records: Collection<ResourceRecord>;

  constructor(
    store: Store,
    private readonly providers: ReadonlyMap<string, ResourceProvider>,
    private readonly aws: AwsServices,
  ) {
    this.#records = recordsIn(store);
  }

  find(stack: string, logicalId: string): ResourceRecord | undefined {
    return this.#records.get(`${stack}/${logicalId}`);
  }

  /** Records a resource; what stood in its place under another name or type is taken back. */
  async keep(stack: string, logicalId: string, record: ResourceRecord): Promise<void> {
    const key = `${stack}/${logicalId}`;
    const before = this.#records.get(key);
    if (JSON.stringify(before) === JSON.stringify(record)) return;
    if (before && (before.ref !== record.ref || before.type !== record.type)) await this.#remove(before);
    await this.#records.put(key, record);
  }

  /** Takes back the resources of `stack` that are not among `present`. */
  async removeOthers(stack: string, present: ReadonlySet<string>): Promise<void> {
    const prefix = `${stack}/`;
    const isPresent = ({ key }: { key: string }) => present.has(key.slice(prefix.length));
    const all = this.#records.list(prefix);
    // What has got another logical id is here still.
    const kept = new Set(all.filter(isPresent).map(({ value }) => nameOf(value)));
    for (const { key, value } of all.filter((one) => !isPresent(one))) {
      if (!kept.has(nameOf(value))) await this.#remove(value);
      await this.#records.delete(key);
    }
  }

  async #remove(record: ResourceRecord): Promise<void> {
    const call = (service: string, operation: string, input: object) =>
      this.aws.call(service, operation, input, { via: 'cloudformation' });
    try {
      await this.providers.get(record.type)?.remove?.(record, { call });
    } catch (error) {
      const gone = error instanceof AwsError && /NotFound|NonExistent/.test(error.code);
      if (!gone) throw error;
    }
  }
}

function nameOf({ type, ref }: ResourceRecord): string {
  return `${type} ${ref}`;
}

/** The names of the stacks that have resources on record, in the order of their names. */
export function deployedStacks(store: Store): string[] {
  return [
    ...new Set(
      recordsIn(store)
        .list()
        .map(({ key }) => key.slice(0, key.indexOf('/'))),
    ),
  ];
}

function recordsIn(store: Store): Collection<ResourceRecord> {
  return store.collection('deployed_resources');
}
