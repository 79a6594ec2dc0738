import { randomUUID } from 'node:crypto';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { AllMessages } from './all-messages';
import type { Received } from './messages';
import { type MoveRequest, moveRequest, taskOfHandle } from './move-requests';
import { number } from './numbers';
import { type Queue, type Queues, seconds } from './queues';
import type { Waiting } from './waiting';

interface MoveTask extends MoveRequest {
  readonly id: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly failureReason?: string;
  /** Virtual ms. */
  readonly startedAt: number;
  /** When it goes on, virtual ms. */
  readonly dueAt: number;
  readonly moved: number;
  /** What could be received when it began. */
  readonly toMove: number;
}

/** AWS moves no more in a second, whether a task says so or not. */
const FASTEST = 500;
/** ListMessageMoveTasks tells of so many. */
const MOST_REMEMBERED = 10;
const SECOND = 1000;

/**
 * Owns the tasks that move messages of dead-letter queues back to where they came from, or to another queue
 * (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html).
 *
 * V1  A task moves what could be received when it began, the oldest first, so many in each second of virtual time; a restart goes on.
 * V2  What is moved is a new message of the other queue, with an id and an age of its own, in the same transaction.
 * V3  A queue has one task under way at most, and is forgotten with its tasks.
 */
export class MoveTasks {
  /** By queue and number, in the order in which they began. */
  readonly #tasks: Collection<MoveTask>;
  readonly #timers = new Map<string, () => void>();

  constructor(
    private readonly parts: Parts,
    private readonly queues: Queues,
    private readonly messages: AllMessages,
    private readonly waiting: Waiting,
  ) {
    this.#tasks = parts.store.collection('sqs_move_tasks');
  }

  /** Goes on with what an earlier process has begun. */
  resume(): void {
    for (const { key, value } of this.#tasks.list()) if (value.status === 'RUNNING') this.#arm(key, value.dueAt);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Takes a StartMessageMoveTask request. @throws AwsError InvalidParameterValue, MissingParameter, ResourceNotFoundException */
  start(input: AwsShape): AwsShape {
    const { source, ...request } = moveRequest(input, this.queues);
    const before = this.#tasks.list(`${source.name}/`);
    if (before.some(({ value }) => value.status === 'RUNNING')) {
      throw invalid(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const now = this.parts.clock.now();
    const { visible } = this.messages.of(source).count(source.name, now);
    const task: MoveTask = {
      ...request,
      id: randomUUID(),
      status: 'RUNNING',
      startedAt: now,
      dueAt: now,
      moved: 0,
      toMove: visible,
    };
    for (const { key } of before.slice(0, -(MOST_REMEMBERED - 1))) void this.#tasks.delete(key);
    const last = before.at(-1)?.key.split('/').at(-1) ?? '0';
    const key = `${source.name}/${String(Number(last) + 1).padStart(12, '0')}`;
    void this.#tasks.put(key, task);
    this.#goOn(key);
    return { TaskHandle: handleOf(task) };
  }

  /** Takes a ListMessageMoveTasks request: the newest first. @throws AwsError as `start` */
  list(input: AwsShape): AwsShape {
    const source = this.queues.byArn('SourceArn', input.SourceArn);
    const most = number('MaxResults', input.MaxResults, 1, 1, MOST_REMEMBERED);
    const tasks = this.#tasks.list(`${source.name}/`).toReversed().slice(0, most);
    return { Results: tasks.map(({ value }) => described(value)) };
  }

  /** Takes a CancelMessageMoveTask request: what was moved stays where it is. @throws AwsError as `start` */
  cancel({ TaskHandle }: AwsShape): AwsShape {
    const { taskId, sourceArn } = taskOfHandle(TaskHandle);
    const source = this.queues.byArn('SourceArn', sourceArn);
    const found = this.#tasks.list(`${source.name}/`).find(({ value }) => value.id === taskId);
    if (!found) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    if (found.value.status !== 'RUNNING') throw invalid('Only active tasks can be cancelled.');
    this.#disarm(found.key);
    void this.#tasks.put(found.key, { ...found.value, status: 'CANCELLED' });
    return { ApproximateNumberOfMessagesMoved: found.value.moved };
  }

  /** Of a queue that is deleted. */
  forget(queue: string): void {
    for (const { key } of this.#tasks.list(`${queue}/`)) {
      this.#disarm(key);
      void this.#tasks.delete(key);
    }
  }

  #arm(key: string, dueAt: number): void {
    const fire = () => {
      this.#timers.delete(key);
      this.#goOn(key);
    };
    this.#timers.set(key, this.parts.clock.at(dueAt, fire));
  }

  #disarm(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  /** Moves what may be moved in this second. */
  #goOn(key: string): void {
    const task = this.#tasks.get(key);
    const source = this.queues.find(task?.sourceArn);
    if (!task || !source) return;
    const most = Math.min(task.perSecond ?? FASTEST, task.toMove - task.moved);
    const { moved, found, failureReason } = this.#move(task, source, most);
    const after = { ...task, moved: task.moved + moved };
    if (failureReason !== undefined) {
      void this.#tasks.put(key, { ...after, status: 'FAILED', failureReason });
    } else if (after.moved === task.toMove || found < most) {
      void this.#tasks.put(key, { ...after, status: 'COMPLETED' });
    } else {
      const dueAt = this.parts.clock.now() + SECOND;
      void this.#tasks.put(key, { ...after, dueAt });
      this.#arm(key, dueAt);
    }
  }

  #move(task: MoveTask, source: Queue, most: number): { moved: number; found: number; failureReason?: string } {
    const now = this.parts.clock.now();
    const messages = this.messages.of(source);
    const taken = most > 0 ? messages.take(source.name, most, now, now + 1) : [];
    for (const [moved, one] of taken.entries()) {
      const arn = task.destinationArn ?? one.message.sourceArn;
      const destination = this.queues.find(arn);
      if (!destination) {
        // It and those behind it can be received as before.
        for (const { receipt } of taken.slice(moved)) messages.hide(source.name, receipt, now, now);
        return { moved, found: taken.length, failureReason: arn === undefined ? WITHOUT_SOURCE : NO_QUEUE };
      }
      this.#send(destination, one, now);
      messages.delete(source.name, one.receipt, now);
      this.waiting.wake(destination.name);
    }
    return { moved: taken.length, found: taken.length };
  }

  #send(queue: Queue, { message }: Received, now: number): void {
    const { id: _, sourceArn: __, ...sent } = message;
    const visibleAt = now + seconds(queue, 'DelaySeconds') * SECOND;
    const expiresAt = now + seconds(queue, 'MessageRetentionPeriod') * SECOND;
    this.messages.of(queue).add(queue.name, { ...sent, sentAt: now }, visibleAt, expiresAt);
  }
}

/** AWS's reasons for a task's failure; the first is of messages that were sent to the dead-letter queue itself. */
const WITHOUT_SOURCE = 'CouldNotDetermineMessageSource';
const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';

function handleOf({ id: taskId, sourceArn }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');
}

/** Only what is under way can be cancelled, so only that has a handle. */
function described(task: MoveTask): AwsShape {
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
