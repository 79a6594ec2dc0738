import type { Json } from '../../local/asl/json';
import type { HistoryEvent, TaskCall } from '../../local/engine/types';
import { VirtualClock } from '../../local/runtime/clock';
import type { Ending, TaskAnswer, TaskRunner } from '../../local/runtime/dispatch';
import { Executions, type ExecutionsOptions } from '../../local/runtime/executions';
import { Store } from '../../local/runtime/store';
import { Work } from '../../local/runtime/work';

export const START = Date.parse('2026-03-01T08:00:00Z');
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:machine';
export const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:desk';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

export const arnOf = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:machine:${name}`;

/** The shell of executions on a store of its own, with a clock that stands still. */
export class Shell {
  readonly store: Store;
  readonly work = new Work();
  readonly clock: VirtualClock;
  readonly executions: Executions;
  readonly faults: unknown[] = [];

  constructor({ dir, now = START, ...options }: { dir?: string; now?: number } & Partial<ExecutionsOptions> = {}) {
    this.store = Store.open(dir, this.work);
    open.add(this);
    this.clock = new VirtualClock({ work: this.work, start: now, scale: 0 });
    this.executions = new Executions({
      store: this.store,
      clock: this.clock,
      work: this.work,
      runner: new Calls(),
      onFault: (_, error) => this.faults.push(error),
      ...options,
    });
  }

  start(definition: object, name = 'run', input: Json = {}) {
    const revision = this.executions.putRevision({ definition: JSON.stringify(definition) });
    return this.executions.start({
      header: {
        arn: arnOf(name),
        name,
        type: 'STANDARD',
        stateMachineArn: MACHINE,
        stateMachineName: 'machine',
        roleArn: 'arn:aws:iam::123456789012:role/machine',
        startedAt: this.clock.now(),
        input,
      },
      revision,
      inputText: JSON.stringify(input),
    });
  }

  history(name = 'run'): HistoryEvent[] {
    return this.executions.history(arnOf(name), { limit: 30_000 }) ?? [];
  }

  types(name = 'run'): string[] {
    return this.history(name).map(({ type }) => type);
  }

  status(name = 'run') {
    return this.executions.find(arnOf(name))?.execution.status;
  }

  async close(): Promise<void> {
    this.clock.close();
    this.executions.close();
    await this.store.close();
    open.delete(this);
  }
}

/** Calls that stay open until the test answers them. */
export class Calls implements TaskRunner {
  readonly made: Array<{
    call: TaskCall;
    signal: AbortSignal;
    succeed: (output: Json) => void;
    submit: (output: Json) => void;
    fail: (error: Error) => void;
  }> = [];

  run(call: TaskCall, _: unknown, { signal }: Ending): Promise<TaskAnswer> {
    return new Promise((resolve, fail) => {
      const succeed = (output: Json) => resolve({ type: 'succeeded', output });
      const submit = (output: Json) => resolve({ type: 'submitted', output });
      this.made.push({ call, signal, succeed, submit, fail });
    });
  }
}

const open = new Set<Shell>();

/**
 * Lets all that can happen without time or answers happen; open calls of `Calls` are work, so turns are counted, each with
 * what the disk makes of it.
 */
export async function settle(turns = 6): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    await Promise.all([...open].map(({ store }) => store.durable().catch(() => {})));
  }
}
