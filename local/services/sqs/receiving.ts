import type { AwsShape, Caller } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import type { AllMessages } from './all-messages';
import { describe } from './description';
import type { Received } from './messages';
import { number } from './numbers';
import { type Queue, type Queues, redrive, seconds } from './queues';
import { type ReceiveAttempts, requireAttemptId } from './receive-attempts';
import type { Waiting } from './waiting';

/** Owns how messages are received: the wait for them, what is hidden, and what goes to the dead-letter queue instead. */
export class Receiving {
  #stopped = false;

  constructor(
    private readonly parts: Parts,
    private readonly queues: Queues,
    private readonly messages: AllMessages,
    private readonly attempts: ReceiveAttempts,
    private readonly waiting: Waiting,
  ) {}

  /** Ends all long polls with nothing. */
  stop(): void {
    this.#stopped = true;
    this.waiting.wakeAll();
  }

  /** Takes a ReceiveMessage request, and answers it. @throws AwsError InvalidParameterValue */
  async receive(queue: Queue, input: AwsShape, { signal, via }: Caller): Promise<AwsShape> {
    const { clock } = this.parts;
    const most = number('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, 1, 10);
    const wait = AWS_POLLERS.has(via)
      ? (input.WaitTimeSeconds ?? Number.POSITIVE_INFINITY)
      : number('WaitTimeSeconds', input.WaitTimeSeconds, seconds(queue, 'ReceiveMessageWaitTimeSeconds'), 0, 20);
    const timeout = number(
      'VisibilityTimeout',
      input.VisibilityTimeout,
      seconds(queue, 'VisibilityTimeout'),
      0,
      43_200,
    );
    requireAttemptId(input.ReceiveRequestAttemptId);
    const until = clock.now() + wait * 1000;
    for (;;) {
      if (signal?.aborted || this.#stopped) return {};
      const received = this.#receiveNow(queue, most, timeout, input.ReceiveRequestAttemptId ?? undefined);
      if (received.length > 0) {
        const Messages = received.map((one) => describe(one, input, this.parts.identity.accountId));
        // Waiting was no work; what is on its way to the receiver is.
        return this.parts.work.track(() => this.#durably({ Messages }));
      }
      if (clock.now() >= until) return {};
      const next = this.messages.of(queue).nextReceivable(queue.name, clock.now()) ?? until;
      if (next > clock.now()) await this.waiting.wait(queue.name, Math.min(until, next), signal);
    }
  }

  /** @param attempt of a FIFO queue, where the request names one */
  #receiveNow(queue: Queue, most: number, timeout: number, attempt: string | undefined): Received[] {
    const now = this.parts.clock.now();
    const hiddenUntil = now + timeout * 1000;
    if (attempt === undefined || !isFifo(queue.name)) return this.#take(queue, most, now, hiddenUntil);
    const again = this.attempts.repeat(queue.name, attempt, now, hiddenUntil);
    if (again) return again;
    const received = this.#take(queue, most, now, hiddenUntil);
    if (received.length > 0) this.attempts.remember(queue.name, attempt, received, now, hiddenUntil);
    return received;
  }

  #take(queue: Queue, most: number, now: number, hiddenUntil: number): Received[] {
    const policy = redrive(queue);
    const messages = this.messages.of(queue);
    for (;;) {
      const taken = messages.take(queue.name, most, now, hiddenUntil);
      const received = taken.filter((one) => {
        if (!policy || one.receives <= policy.maxReceiveCount) return true;
        const deadLetters = this.queues.get(policy.deadLetterTargetArn);
        const retentionMs = seconds(deadLetters, 'MessageRetentionPeriod') * 1000;
        messages.move(deadLetters.name, one, queue.arn, now, retentionMs);
        this.waiting.wake(deadLetters.name);
        return false;
      });
      // Where all were dead letters, there may be others behind them.
      if (received.length > 0 || taken.length === 0) return received;
    }
  }

  async #durably(answer: AwsShape): Promise<AwsShape> {
    await this.parts.store.durable();
    return answer;
  }
}

/** They poll without an end: one question that waits for messages stands for one every 20 s, which would be 20 s timers for ever. */
const AWS_POLLERS = new Set(['pipes', 'lambda']);
