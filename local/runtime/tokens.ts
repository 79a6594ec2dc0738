import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from './store';

/**
 * Owns what a task token is: base64 text that names an execution and one of its tasks, sealed with a key that the
 * store keeps. Nothing is stored per token, and none can be made up.
 *
 * K1  The same task always has the same token, over restarts too; no two tasks share one.
 * K2  `open` answers only what `mint` of this store sealed; all else is garbage.
 */
export class TaskTokens {
  readonly #key: Buffer;
  /** What the tokens that were minted last stand for: most are answered soon, and sealing costs more than looking up. */
  #recent = new Map<string, TaskName>();
  #older: ReadonlyMap<string, TaskName> = this.#recent;

  constructor(store: Store) {
    const secrets = store.collection<string>('secrets');
    let key = secrets.get('task_tokens');
    if (key === undefined) {
      key = randomBytes(32).toString('base64');
      void secrets.put('task_tokens', key);
    }
    this.#key = Buffer.from(key, 'base64');
  }

  mint(executionArn: string, task: number): string {
    const name = Buffer.from(`${task} ${executionArn}`);
    const token = Buffer.concat([this.#seal(name), name]).toString('base64');
    if (this.#recent.size >= MOST_RECENT) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(token, { executionArn, task });
    return token;
  }

  /** What `token` stands for; undefined when it is not one of this store's. */
  open(token: string): TaskName | undefined {
    return this.#recent.get(token) ?? this.#older.get(token) ?? this.#unseal(token);
  }

  #unseal(token: string): TaskName | undefined {
    const bytes = Buffer.from(token, 'base64');
    const [seal, name] = [bytes.subarray(0, SEAL_BYTES), bytes.subarray(SEAL_BYTES)];
    if (seal.length !== SEAL_BYTES || !timingSafeEqual(seal, this.#seal(name))) return undefined;
    // The bytes behind a sealed name decode in one way only, but base64 text has several spellings of them.
    if (bytes.toString('base64') !== token) return undefined;
    const text = name.toString();
    const space = text.indexOf(' ');
    return { executionArn: text.slice(space + 1), task: Number(text.slice(0, space)) };
  }

  #seal(name: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(name).digest().subarray(0, SEAL_BYTES);
  }
}

/** Which task of which execution. */
interface TaskName {
  readonly executionArn: string;
  readonly task: number;
}

const SEAL_BYTES = 24;
/** Twice as many are kept, some 400 bytes each. */
const MOST_RECENT = 1000;
