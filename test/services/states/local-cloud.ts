import { VirtualClock } from '../../../local/runtime/clock';
import { Store } from '../../../local/runtime/store';
import { Work } from '../../../local/runtime/work';
import { AwsError, AwsServices, type AwsShape } from '../../../local/services/aws';
import type { Identity } from '../../../local/services/identity';
import type { Parts } from '../../../local/services/parts';
import { type StatesOptions, StatesService } from '../../../local/services/states/service';

export const START = Date.parse('2026-03-01T08:00:00Z');
const identity: Identity = {
  accountId: '123456789012',
  region: 'us-east-1',
  accessKeyId: 'local',
  secretAccessKey: 'local',
};
export const ROLE = 'arn:aws:iam::123456789012:role/machine';

interface LocalCloudOptions {
  dir?: string;
  now?: number;
  states?: StatesOptions;
  store?: Store;
}

/** Step Functions with other services played by the test: a function from operation and input to an answer. */
export class LocalCloud {
  readonly store: Store;
  readonly work = new Work();
  readonly clock: VirtualClock;
  readonly aws: AwsServices;
  readonly parts: Parts;
  readonly states: StatesService;
  /** What was asked of the played services. */
  readonly asked: Array<{ service: string; operation: string; input: AwsShape }> = [];

  constructor({ dir, now = START, states, store }: LocalCloudOptions = {}) {
    this.store = store ?? Store.open(dir, this.work);
    this.clock = new VirtualClock({ work: this.work, start: now, scale: 0 });
    this.aws = new AwsServices(this.work);
    this.parts = { store: this.store, clock: this.clock, work: this.work, aws: this.aws, identity, dir };
    this.states = new StatesService(this.parts, states);
    this.aws.register(this.states);
  }

  /** What a new process finds: the same store and time, no timers, no services but Step Functions. */
  restarted(options: Pick<LocalCloudOptions, 'states'> = {}): LocalCloud {
    return new LocalCloud({ ...options, store: this.store, now: this.clock.now() });
  }

  /** Plays a service; what `answer` throws is the service's error. */
  play(service: string, answer: (operation: string, input: AwsShape) => AwsShape | Promise<AwsShape>): this {
    this.aws.register({
      id: service,
      signingName: service,
      protocol: { kind: 'json', targetPrefix: service, version: '1.0' },
      call: async (operation, input) => {
        this.asked.push({ service, operation, input });
        return answer(operation, input);
      },
    });
    return this;
  }

  call(operation: string, input: AwsShape = {}, signal?: AbortSignal): Promise<AwsShape> {
    return this.aws.call('sfn', operation, input, { via: 'test', signal });
  }

  /** The error that the call answers. */
  async error(operation: string, input: AwsShape = {}): Promise<{ code: string; message: string }> {
    try {
      await this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return { code: error.code, message: error.message };
      throw error;
    }
    throw new Error(`${operation} succeeded.`);
  }

  async create(definition: object, name = 'machine', more: AwsShape = {}): Promise<string> {
    const input = { name, definition: JSON.stringify(definition), roleArn: ROLE, ...more };
    return (await this.call('CreateStateMachine', input)).stateMachineArn;
  }

  /** Starts an execution and lets it run as far as it goes without time passing; answers its description. */
  async run(definition: object, input: unknown = {}, name = 'machine'): Promise<AwsShape> {
    const stateMachineArn = await this.create(definition, name);
    const { executionArn } = await this.call('StartExecution', { stateMachineArn, input: JSON.stringify(input) });
    await this.work.idle();
    return this.call('DescribeExecution', { executionArn });
  }

  async events(executionArn: string): Promise<AwsShape[]> {
    return (await this.call('GetExecutionHistory', { executionArn, maxResults: 1000 })).events;
  }

  async close(): Promise<void> {
    this.clock.close();
    await this.states.stop();
    await this.store.close();
  }
}

/** A machine of one Task. */
export function task(resource: string, parameters: unknown, more: object = {}): object {
  const Arguments = parameters === undefined ? {} : { Arguments: parameters };
  return {
    QueryLanguage: 'JSONata',
    StartAt: 'Task',
    States: { Task: { Type: 'Task', Resource: resource, ...Arguments, End: true, ...more } },
  };
}

export const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
export const WAIT = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };
