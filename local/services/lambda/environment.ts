import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { throughFunction } from '../metering/trace';
import { logEventSize } from '../metering/units';
import {
  type Invocation,
  type InvocationUse,
  LIMITS,
  type Outcome,
  reportLine,
  responseTooLarge,
  runtimeExited,
  STOPPED,
  timedOut,
  withinResponseLimit,
} from './invocation';
import { layerDirectories } from './layer-paths';
import type { InvokeMessage, LogLine, WorkerMessage, WorkerSetup } from './messages';
import type { FunctionSpec } from './spec';

/** What all environments of a local cloud have in common. */
export interface EnvironmentHost {
  readonly workerFile: string;
  /** Float64 [virtual base ms, real base ms, scale]. */
  readonly clock: SharedArrayBuffer;
  now(): number;
  /** The variables that Lambda and the function's configuration set; nothing of the host's own environment. */
  variables(spec: FunctionSpec, logStream: string): Record<string, string>;
  log(spec: FunctionSpec, logStream: string, lines: readonly LogLine[]): void;
}

interface Running {
  readonly invocation: Invocation;
  readonly began: number;
  /** The end of this invocation's log. */
  tail: string;
  logBytes: number;
  /** The START line, which goes to the log with the line after it: an invocation that writes none is logged all at once. */
  start: LogLine | undefined;
  resolve(outcome: Outcome): void;
}

/** AWS allows ten seconds for what runs before the handler. */
const INIT_LIMIT_MS = 10_000;

/**
 * Owns one execution environment: a worker thread with one copy of the function's code, its log stream, and the one
 * invocation that it may be running.
 *
 * X1  One invocation at a time; each gets exactly one outcome, however the worker ends.
 * X2  A worker that timed out, died or failed to load is never used again.
 * X3  Time limits are real time, not the clock's, since code really runs; they are kept by ending the thread.
 */
export class ExecutionEnvironment {
  readonly logStream: string;
  readonly #worker: Worker | undefined;
  readonly #backlog = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #initMs: number | undefined;
  /** Why the worker cannot serve (any more), as the outcome of whatever it is asked to do. */
  #broken: ((invocation: Invocation) => Outcome) | undefined;
  #running: Running | undefined;
  #initAlarm: NodeJS.Timeout | undefined;
  /** Goes off when an invocation has had its time. */
  #alarm: NodeJS.Timeout | undefined;
  #reportedInit = false;

  /** @param settled called when it became ready, idle again, or broken */
  constructor(
    private readonly spec: FunctionSpec,
    private readonly host: EnvironmentHost,
    private readonly settled: () => void,
  ) {
    const day = new Date(host.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.logStream = `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    try {
      this.#worker = this.#start();
    } catch (error) {
      // Options in the function's NODE_OPTIONS that a worker cannot take, for one.
      this.#breakWith((invocation) => runtimeExited(invocation, 'Runtime.ExitError', (error as Error).message));
    }
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Runs one invocation; the environment must have settled. Never rejects. */
  run(invocation: Invocation): Promise<Outcome> {
    const { requestId } = invocation;
    return new Promise((resolve) => {
      const timeoutMs = this.spec.timeoutSeconds * 1000;
      const start = { at: this.host.now(), text: `START RequestId: ${requestId} Version: $LATEST` };
      this.#running = { invocation, began: performance.now(), start, tail: '', logBytes: 0, resolve };
      if (this.#broken) return this.#finish(this.#broken(invocation), undefined);
      // One timer for all invocations; where none runs it goes off for nothing, once.
      this.#alarm = this.#alarm?.refresh() ?? setTimeout(() => this.#timeOut(), timeoutMs).unref();
      const message: InvokeMessage = {
        requestId,
        payload: invocation.payload,
        functionArn: invocation.functionArn,
        timeoutMs,
        clientContext: invocation.clientContext,
        trace: invocation.trace && throughFunction(invocation.trace, this.spec.name),
      };
      this.#worker?.postMessage(message);
    });
  }

  /** Ends the thread, whatever it is doing. */
  async end(): Promise<void> {
    clearTimeout(this.#initAlarm);
    this.#breakWith((invocation) => runtimeExited(invocation, 'Runtime.ExitError', STOPPED));
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const { spec, host } = this;
    // The time zone belongs to the whole process; Lambda's is UTC, and a worker cannot have one of its own.
    process.env.TZ = 'UTC';
    const workerData: WorkerSetup = {
      taskRoot: spec.codeDirectory,
      layers: layerDirectories(spec),
      handler: spec.handler,
      runtime: spec.runtime,
      functionName: spec.name,
      memoryMb: spec.memoryMb,
      logGroup: spec.logGroup,
      logStream: this.logStream,
      clock: host.clock,
      logBacklog: this.#backlog.buffer as SharedArrayBuffer,
      largestResponse: LIMITS.response,
    };
    const worker = new Worker(host.workerFile, {
      name: `lambda:${spec.name}`,
      workerData,
      env: host.variables(spec, this.logStream),
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: spec.memoryMb },
      // Unread: the bootstrap takes what is written before it gets here.
      stdout: true,
      stderr: true,
    });
    worker.on('message', (message: WorkerMessage) => this.#receive(message));
    worker.on('error', (error: NodeJS.ErrnoException) => this.#crash(error));
    worker.on('exit', (code) => {
      const reason =
        code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
      this.#breakWith((invocation) => runtimeExited(invocation, 'Runtime.ExitError', reason));
    });
    this.#initAlarm = setTimeout(() => {
      this.#breakWith((invocation) => timedOut(invocation, INIT_LIMIT_MS));
      void worker.terminate();
    }, INIT_LIMIT_MS);
    return worker;
  }

  #receive(message: WorkerMessage): void {
    if (message.kind === 'line') {
      Atomics.sub(this.#backlog, 0, message.cost);
      Atomics.notify(this.#backlog, 0);
      this.#write(message.line);
      return;
    }
    if (this.#broken) return;
    if (message.kind === 'ready') {
      clearTimeout(this.#initAlarm);
      this.#initMs = message.initMs;
      this.settled();
    } else if (message.kind === 'init-failed') {
      this.#breakWith(() => ({
        payload: JSON.stringify(message.error),
        error: message.error.errorType,
        status: 'error',
      }));
      void this.#worker?.terminate();
    } else if (message.kind === 'succeeded') {
      this.#finish({ payload: message.payload }, message.memoryBytes);
    } else if (message.kind === 'too-large') {
      this.#finish(responseTooLarge(), message.memoryBytes);
    } else {
      const outcome: Outcome = { payload: JSON.stringify(message.error), error: message.error.errorType };
      if (message.fatal) this.#breakWith(() => ({ ...outcome, status: 'error' }));
      else this.#finish(outcome, message.memoryBytes);
    }
  }

  #crash(error: NodeJS.ErrnoException): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.#breakWith((invocation) =>
        runtimeExited(invocation, 'Runtime.OutOfMemory', 'Runtime exited with error: signal: killed'),
      );
    } else {
      this.#breakWith((invocation) =>
        runtimeExited(invocation, 'Runtime.ExitError', `Runtime exited with error: ${error.message}`),
      );
    }
  }

  #timeOut(): void {
    if (!this.#running) return;
    const { requestId } = this.#running.invocation;
    const at = new Date(this.host.now()).toISOString();
    this.#log(`${at} ${requestId} Task timed out after ${this.spec.timeoutSeconds.toFixed(2)} seconds`);
    this.#breakWith((invocation) => timedOut(invocation, this.spec.timeoutSeconds * 1000));
    void this.#worker?.terminate();
  }

  /** Makes the environment unusable; what it was running ends with the outcome given. Only the first call counts. */
  #breakWith(outcomeOf: (invocation: Invocation) => Outcome): void {
    if (this.#broken) return;
    this.#broken = outcomeOf;
    clearTimeout(this.#initAlarm);
    clearTimeout(this.#alarm);
    if (this.#running) this.#finish(outcomeOf(this.#running.invocation), undefined);
    else this.settled();
  }

  #finish(outcome: Outcome, memoryBytes: number | undefined): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    const answer = withinResponseLimit(outcome);
    this.#log(`END RequestId: ${running.invocation.requestId}`, running);
    const taken = { durationMs: performance.now() - running.began, initMs: this.#initOnce(), memoryBytes };
    this.#log(this.#reportOf(running, answer, taken), running);
    running.resolve({ ...answer, logTail: running.tail, used: { ...taken, logBytes: running.logBytes } });
    this.settled();
  }

  /** How long the cold start took: told once. */
  #initOnce(): number | undefined {
    const initMs = this.#reportedInit ? undefined : this.#initMs;
    this.#reportedInit = true;
    return initMs;
  }

  #reportOf(running: Running, outcome: Outcome, taken: Omit<InvocationUse, 'logBytes'>): string {
    const { durationMs, initMs, memoryBytes } = taken;
    const { requestId } = running.invocation;
    return reportLine({ requestId, durationMs, memoryMb: this.spec.memoryMb, usedBytes: memoryBytes, initMs, outcome });
  }

  #log(text: string, running = this.#running): void {
    this.#write({ at: this.host.now(), text }, running);
  }

  #write(line: LogLine, running = this.#running): void {
    const lines = running?.start ? [running.start, line] : [line];
    if (running) {
      running.start = undefined;
      for (const { text } of lines) {
        running.tail = `${running.tail}${text}\n`.slice(-LIMITS.logTail);
        running.logBytes += logEventSize(`${text}\n`);
      }
    }
    this.host.log(this.spec, this.logStream, lines);
  }
}
