import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject, type Json } from '../../local/asl/json';
import { AwsError, type AwsShape } from '../../local/services/aws';
import { Failing } from '../../local/testing/mocks';
import { LocalCloud } from '../services/states/local-cloud';
import { ARN, type Case, type Step } from './case';

/** Where executions are kept; `restarting`: on disk, closed and opened again whenever something waits. */
export type Place = 'memory' | 'disk' | 'restarting';

export interface Played {
  /** What each step was answered, in order. */
  readonly answers: unknown[];
  /** Of the execution `run`; UUIDs and tokens scrubbed. */
  readonly events: AwsShape[];
  /** What DescribeExecution, or StartSyncExecution, says at the end. */
  readonly end: AwsShape | undefined;
}

/**
 * A file system in memory where there is one: hundreds of stores are made, by the same code and with the same syncs as on
 * disk. `everywhere.test.ts` plays one case of each area on the disk itself.
 */
const QUICK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Plays a case on the real service, the services around it answering what the case says.
 *
 * @param folder where a store is made
 */
export async function play(given: Case, place: Place, folder = QUICK): Promise<Played> {
  const dir = place === 'memory' ? undefined : mkdtempSync(join(folder, 'stepwright-conformance-'));
  const stage = new Stage(given, dir, place === 'restarting');
  try {
    return await stage.play();
  } finally {
    await stage.cloud.close();
    if (dir) rmSync(dir, { recursive: true, force: true });
  }
}

const EXECUTION = `${ARN}:execution:machine:run`;

class Stage {
  cloud: LocalCloud;
  readonly #answers: Map<string, Array<Json | Failing>>;
  /** The last value of each member that was answered or sent. */
  readonly #seen = new Map<string, string>();
  readonly #tokens = new Set<string>();

  constructor(
    private readonly given: Case,
    private readonly dir: string | undefined,
    private readonly restarts: boolean,
  ) {
    this.#answers = new Map(Object.entries(given.answers ?? {}).map(([key, list]) => [key, [...list]]));
    this.cloud = this.#open();
  }

  async play(): Promise<Played> {
    const { setup = [], definition, type = 'STANDARD', input = {}, steps = [] } = this.given;
    const answers: unknown[] = [];
    let end: AwsShape | undefined;
    for (const step of setup) await this.#take(step);
    if (definition) {
      const stateMachineArn = await this.cloud.create(definition, 'machine', { type });
      const start = { stateMachineArn, name: 'run', input: JSON.stringify(input) };
      if (type === 'EXPRESS') end = await this.#untilAnswered(this.cloud.call('StartSyncExecution', start));
      else await this.cloud.call('StartExecution', start);
      await this.#settle();
    }
    for (const step of steps) answers.push(...(await this.#take(step)));
    if (!definition || end) return { answers: this.#scrub(answers), events: [], end: this.#scrub(end) };
    if (this.given.status !== 'RUNNING') await this.#untilNothingIsDue();
    const events = this.#scrub(await this.cloud.events(EXECUTION));
    return { answers: this.#scrub(answers), events, end: this.#scrub(await this.#describe()) };
  }

  async #take(step: Step): Promise<unknown[]> {
    if ('seconds' in step) {
      await this.cloud.clock.advanceBy(step.seconds * 1000);
      await this.#settle();
      return [];
    }
    const [operation, input] = step;
    const answer = await this.cloud.call(operation, this.#filled(input)).catch(asRefusal);
    this.#note(answer);
    await this.#settle();
    return [answer];
  }

  async #untilNothingIsDue(): Promise<void> {
    while ((await this.#describe()).status === 'RUNNING') {
      if (!(await this.cloud.clock.advanceToNext())) return;
      await this.#settle();
    }
  }

  async #untilAnswered(call: Promise<AwsShape>): Promise<AwsShape> {
    let answered = false;
    const settled = call.finally(() => {
      answered = true;
    });
    await this.cloud.work.idle();
    while (!answered && (await this.cloud.clock.advanceToNext())) await this.cloud.work.idle();
    return settled;
  }

  /** Until all that is left to do waits; then, if the case is played so, the process ends and another takes up. */
  async #settle(): Promise<void> {
    await this.cloud.work.idle();
    if (!this.restarts) return;
    const now = this.cloud.clock.now();
    await this.cloud.close();
    this.cloud = this.#open(now);
    await this.cloud.states.start();
    await this.cloud.work.idle();
  }

  #describe(): Promise<AwsShape> {
    return this.cloud.call('DescribeExecution', { executionArn: EXECUTION });
  }

  #open(now?: number): LocalCloud {
    const cloud = new LocalCloud({ ...(this.dir && { dir: this.dir }), ...(now !== undefined && { now }) });
    cloud.play('lambda', (_, { FunctionName, Payload }) => {
      this.#note(JSON.parse(Buffer.from(Payload).toString()));
      const answer = this.#next(FunctionName.split(':').at(-1));
      const body = answer instanceof Failing ? { errorType: answer.error, errorMessage: answer.cause } : answer;
      const failed = answer instanceof Failing ? { FunctionError: 'Unhandled' } : {};
      return { StatusCode: 200, ...failed, Payload: Buffer.from(JSON.stringify(body)) };
    });
    const services = new Set([...this.#answers.keys()].flatMap((key) => (key.includes(' ') ? key.split(' ')[0] : [])));
    for (const service of services as Set<string>) {
      cloud.play(service, (operation, input) => {
        // What Step Functions tells of executions by itself.
        if (input.Entries?.[0]?.Source === 'aws.states') return {};
        this.#note(input);
        const answer = this.#next(`${service} ${operation}`);
        if (answer instanceof Failing) throw new AwsError(answer.error, answer.cause);
        const { Body, ...rest } = answer as AwsShape;
        return Body === undefined ? rest : { ...rest, Body: Buffer.from(Body) };
      });
    }
    return cloud;
  }

  #next(key: string): Json | Failing {
    const answer = this.#answers.get(key)?.shift();
    if (answer === undefined) throw new Error(`The case has no answer left for ${key}.`);
    return answer;
  }

  /** Remembers tokens and other texts by the names of their members, also in texts that are JSON. */
  #note(value: unknown): void {
    if (!isObject(value as Json)) return;
    for (const [name, member] of Object.entries(value as AwsShape)) {
      if (typeof member !== 'string') this.#note(member);
      else if (member.startsWith('{')) this.#note(JSON.parse(member));
      else this.#seen.set(name, member);
      if (name === 'taskToken') this.#tokens.add(member);
    }
  }

  #filled(input: AwsShape): AwsShape {
    const text = JSON.stringify(input);
    return JSON.parse(text.replace(/<(\w+)>/g, (whole, name) => this.#seen.get(name) ?? whole));
  }

  #scrub<T>(value: T): T {
    return scrubbed(value, this.#tokens) as T;
  }
}

function asRefusal(error: unknown): { code: string; message: string } {
  if (error instanceof AwsError) return { code: error.code, message: error.message };
  throw error;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function scrubbed(value: unknown, tokens: Set<string>): unknown {
  if (typeof value === 'string') {
    const text = [...tokens].reduce((rest, token) => rest.replaceAll(token, '<taskToken>'), value);
    return text.replace(UUID, '<uuid>');
  }
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, tokens));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, scrubbed(member, tokens)]));
}
