import {
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { isOutage } from '../lambda/shared/outage';
import { isTaskOver } from '../lambda/shared/task-over';

/** An item that a reader says to have brought back, as the workflow describes it. */
export interface ReturnedItem {
  readonly title: string;
  readonly itemId: string;
  readonly loanId: string;
}

export type Finding =
  | { readonly condition: 'good' }
  | { readonly condition: 'damaged'; readonly note: string }
  | { readonly condition: 'notThere' };

export interface Inspector {
  /** Resolves as soon as `gone` is known to be right. */
  ready(): Promise<void>;
  /** Aborted when nobody can say any more how a further item is. */
  readonly gone: AbortSignal;
  show(item: ReturnedItem): void;
  /** How the item is; undefined when nobody will say. Rejects, or answers undefined, once `over` is aborted. */
  inspect(item: ReturnedItem, over: AbortSignal): Promise<Finding | undefined>;
}

export interface DeskWork {
  readonly sfn: SFNClient;
  readonly activityArn: string;
  readonly workerName: string;
  readonly inspector: Inspector;
  /** End after one item. */
  readonly once: boolean;
  readonly closing: AbortSignal;
  tell(line: string): void;
  /** Calls `beat` again and again until the answered function is called. */
  repeat(beat: () => Promise<void>): () => void;
  /** Waits before a broken connection is tried again; rejects when the signal is aborted. */
  pause(signal: AbortSignal): Promise<void>;
}

/**
 * Owns the work at a desk: one task of the activity after the other, until `closing` or until the inspector is gone.
 *
 * D1  While somebody looks at an item, its task gets heartbeats. Nobody else gets it meanwhile; when they stop, somebody does.
 * D2  What was found is told until it is taken, over broken connections too, or until the task is over.
 * D3  A task's token goes nowhere but back to Step Functions.
 * D4  No task is taken once it is known that nobody can answer it.
 *
 * @returns what ended it: the one task of `once` was answered, `closing`, or nobody is there any more
 * @throws what Step Functions refuses for good: no right to, no such activity
 */
export async function workDesk(work: DeskWork): Promise<'once' | 'closed' | 'unattended'> {
  const { inspector, closing } = work;
  const away = AbortSignal.any([closing, inspector.gone]);
  let waiting = false;
  for (;;) {
    await inspector.ready();
    if (closing.aborted) return 'closed';
    if (inspector.gone.aborted) return 'unattended';
    if (!waiting) work.tell('Waiting for the next return ...');
    waiting = true;
    const task = await patiently(work, away, () => poll(work, away));
    if (!task) continue;
    waiting = false;
    const done = await inspect(work, task);
    if (done && work.once) return 'once';
  }
}

interface Task {
  readonly token: string;
  readonly item: ReturnedItem;
}

/** The next task, or undefined when none came within a minute. */
async function poll({ sfn, activityArn, workerName }: DeskWork, away: AbortSignal): Promise<Task | undefined> {
  const { taskToken, input } = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName }), {
    abortSignal: away,
  });
  return taskToken ? { token: taskToken, item: readItem(input ?? '') } : undefined;
}

/** Whether the task was answered, by this desk. */
async function inspect(work: DeskWork, { token, item }: Task): Promise<boolean> {
  const { sfn, inspector, closing, tell } = work;
  const over = new AbortController();
  const stopBeating = work.repeat(async () => {
    try {
      await sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    } catch (error) {
      // Any other trouble may have passed by the next beat.
      if (isTaskOver(error)) over.abort();
    }
  });
  try {
    inspector.show(item);
    const finding = await inspector.inspect(item, AbortSignal.any([over.signal, closing]));
    if (over.signal.aborted) tell(tooLate);
    else if (!finding) tell(left);
    if (over.signal.aborted || !finding) return false;
    const taken = await patiently(work, closing, () => answer(sfn, token, finding));
    tell(taken ? recorded[finding.condition] : tooLate);
    return taken === true;
  } finally {
    stopBeating();
  }
}

const recorded = {
  good: 'Recorded: in good condition. The reader gets a receipt.',
  damaged: 'Recorded: damaged. The reader is told about the fee.',
  notThere: 'Recorded: not there. The reader is asked to look for it.',
} as const satisfies Record<Finding['condition'], string>;

const tooLate = 'Too late: this inspection is over. It timed out and went to another desk, or the loan has ended.';

const left = 'Left as it is: when its inspection times out, the item goes to another desk.';

/** Tells what was found; false when the task is over. */
async function answer(sfn: SFNClient, taskToken: string, finding: Finding): Promise<boolean> {
  try {
    if (finding.condition === 'good') {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ condition: 'good' }) }));
    } else if (finding.condition === 'damaged') {
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'ItemDamaged', cause: finding.note }));
    } else {
      const cause = 'The item is not at the desk.';
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'ItemNotThere', cause }));
    }
    return true;
  } catch (error) {
    if (isTaskOver(error)) return false;
    throw error;
  }
}

/** Tries until it gets through; undefined when `over` is aborted before. */
async function patiently<T>(work: DeskWork, over: AbortSignal, call: () => Promise<T>): Promise<T | undefined> {
  let told = false;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (over.aborted) return undefined;
      if (!isOutage(error) && (error as Error).name !== 'ThrottlingException') throw error;
      if (!told) work.tell('Step Functions cannot be reached. Trying again ...');
      told = true;
      await work.pause(over).catch(() => {});
    }
  }
}

/** What is not there, or is not text, is shown as unknown: an item of an older or newer workflow can be inspected too. */
function readItem(input: string): ReturnedItem {
  let task: Record<string, unknown> = {};
  try {
    task = Object(JSON.parse(input));
  } catch {
    // Shown as unknown.
  }
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : 'unknown');
  return { title: text(task.title), itemId: text(task.itemId), loanId: text(task.loanId) };
}
