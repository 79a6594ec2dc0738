/**
 * Owns the inside of an execution environment: what Lambda's Node.js runtime does around a handler. Runs as a worker
 * thread, compiled to a file of its own with the few beside it that it imports, and Node's modules.
 *
 * It plays the runtime: virtual `Date`, log lines in Lambda's form, one invocation at a time; how the code is loaded is
 * `module-loading.ts`. Timers and `performance` stay real, since the code really runs.
 * Known differences: the working directory is the host's (only `process.cwd()` says otherwise), response streaming is
 * not offered, and nothing is frozen between invocations.
 */
import { format, types } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import type { ErrorDocument, InvokeMessage, WorkerMessage, WorkerSetup } from './messages';
import { type Handler, type Loaded, ModuleLoading } from './module-loading';
import { describeError } from './thrown';

const setup = workerData as WorkerSetup;
/** Bytes of log lines under way at which a writer waits, as it would on a full pipe. */
const LOG_BACKLOG_LIMIT = 1024 * 1024;
/** What follows in a longer line is dropped: it would keep the whole local cloud waiting. */
const LONGEST_LINE = 4 * 1024 * 1024;
/** What a line costs at least: bounds how many lie in the other side's queue. */
const LEAST_LINE_COST = 1024;

let requestId: string | undefined;

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

// ---- time

function installVirtualDate(clock: Float64Array): void {
  const RealDate = Date;
  const now = (): number => {
    const [virtualBase, realBase, scale] = clock as unknown as [number, number, number];
    return Math.floor(virtualBase + Math.max(0, RealDate.now() - realBase) * scale);
  };
  function VirtualDate(...args: unknown[]): unknown {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [now()] : args, new.target);
  }
  // Sharing the prototype keeps `instanceof` true for every date, whoever made it.
  Object.defineProperties(VirtualDate, {
    name: { value: 'Date' },
    length: { value: RealDate.length },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: now, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = VirtualDate;
  globalThis.Date = VirtualDate as unknown as DateConstructor;

  // Intl formats "now" when it is given no date.
  const prototype = Intl.DateTimeFormat.prototype;
  const formatOf = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as () => (date?: Date | number) => string;
  Object.defineProperty(prototype, 'format', {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const formatDate = formatOf.call(this);
      return (date: Date | number = now()) => formatDate(date);
    },
  });
  const formatToParts = prototype.formatToParts;
  prototype.formatToParts = function (date: Date | number = now()) {
    return formatToParts.call(this, date);
  };
}

// ---- logs

const backlog = new Int32Array(setup.logBacklog);

/** Hands a line over; waits while the other side is far behind, so that no flood of lines can fill its memory. */
function writeLine(line: string): void {
  const text = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line;
  const cost = Math.max(text.length, LEAST_LINE_COST);
  post({ kind: 'line', line: { at: Date.now(), text }, cost });
  let waiting = Atomics.add(backlog, 0, cost) + cost;
  while (waiting > LOG_BACKLOG_LIMIT) {
    Atomics.wait(backlog, 0, waiting);
    waiting = Atomics.load(backlog, 0);
  }
}

function installLogs(): void {
  const levels = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG' } as const;
  for (const [method, level] of Object.entries(levels) as Array<[keyof typeof levels, string]>) {
    console[method] = (...args: unknown[]) => logAt(level, format(...args));
  }
  console.trace = (...args: unknown[]) => {
    const stack = new Error().stack?.split('\n').slice(2).join('\n');
    logAt('TRACE', `Trace: ${format(...args)}\n${stack}`);
  };
  for (const stream of [process.stdout, process.stderr]) captureStream(stream);
}

function logAt(level: string, text: string): void {
  writeLine(`${new Date().toISOString()}\t${requestId}\t${level}\t${text}`);
}

/** What is written to a stream is one event for each line; an unfinished line waits for its end or the invocation's. */
function captureStream(stream: NodeJS.WriteStream): void {
  let unfinished = '';
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) writeLine(line);
    const written = typeof encoding === 'function' ? encoding : callback;
    if (typeof written === 'function') queueMicrotask(() => written());
    return true;
  };
  finishLines.push(() => {
    if (unfinished) writeLine(unfinished);
    unfinished = '';
  });
}

const finishLines: Array<() => void> = [];

// ---- the handler

function run(handler: Handler, event: unknown, context: object): Promise<unknown> {
  if (handler.length < 3) return Promise.resolve(handler(event, context));
  return new Promise((answer, fail) => {
    const returned = handler(event, context, (error, result) => (error ? fail(error) : answer(result)));
    if (types.isPromise(returned)) returned.then(answer, fail);
  });
}

function contextOf(message: InvokeMessage): object {
  const deadline = performance.now() + message.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.functionArn,
    memoryLimitInMB: String(setup.memoryMb),
    awsRequestId: message.requestId,
    logGroupName: setup.logGroup,
    logStreamName: setup.logStream,
    clientContext: message.clientContext === undefined ? undefined : JSON.parse(message.clientContext),
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}

async function invoke(loaded: Promise<Loaded>, message: InvokeMessage): Promise<void> {
  const found = await loaded;
  if ('error' in found) return;
  requestId = message.requestId;
  // The SDK's clients send it on with every call.
  if (message.trace === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = message.trace;
  try {
    const result = await run(found.handler, JSON.parse(message.payload), contextOf(message));
    const payload = serialise(result);
    for (const finish of finishLines) finish();
    if (isTooLarge(payload)) post({ kind: 'too-large', memoryBytes: memoryBytes() });
    else post({ kind: 'succeeded', payload, memoryBytes: memoryBytes() });
  } catch (error) {
    fail(describeError(error), 'Invoke Error', false);
  }
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function fail(error: ErrorDocument, title: string, fatal: boolean): void {
  for (const finish of finishLines) finish();
  const { trace, ...described } = error;
  const text = JSON.stringify({ ...described, stack: trace });
  logAt('ERROR', `${title} \t${text}`);
  if (!isTooLarge(text)) post({ kind: 'failed', error, memoryBytes: memoryBytes(), fatal });
  else if (fatal) post({ kind: 'failed', error: shortened(error), memoryBytes: memoryBytes(), fatal });
  else post({ kind: 'too-large', memoryBytes: memoryBytes() });
}

/** Copying it to the other side would keep the whole local cloud waiting. */
function isTooLarge(text: string): boolean {
  return text.length > setup.largestResponse || Buffer.byteLength(text) > setup.largestResponse;
}

function shortened({ errorType, errorMessage }: ErrorDocument): ErrorDocument {
  return { errorType, errorMessage: errorMessage.slice(0, LONGEST_LINE / 4), trace: [] };
}

function memoryBytes(): number {
  const heap = getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}

// ---- what a function must not do to its host

function confineProcess(): void {
  process.cwd = () => setup.taskRoot;
  const kill = process.kill.bind(process);
  // The process is the whole local cloud; a function that kills "itself" means its environment.
  process.kill = (pid, signal) =>
    (pid === process.pid || pid <= 0) && signal !== 0 ? process.exit(137) : kill(pid, signal);
}

installVirtualDate(new Float64Array(setup.clock));
installLogs();
const modules = new ModuleLoading(setup);
confineProcess();
process.on('uncaughtException', (error) => {
  fail(describeError(error), 'Uncaught Exception', true);
  process.exit(129);
});
process.on('unhandledRejection', (reason) => {
  fail(describeError(reason, 'Runtime.UnhandledPromiseRejection'), 'Unhandled Promise Rejection', true);
  process.exit(128);
});

const began = performance.now();
const loaded = modules.load();
parentPort?.on('message', (message: InvokeMessage) => void invoke(loaded, message));
void loaded.then((found) => {
  if ('handler' in found) return post({ kind: 'ready', initMs: performance.now() - began });
  const { trace, ...described } = found.error;
  logAt('ERROR', `Uncaught Exception \t${JSON.stringify({ ...described, stack: trace })}`);
  post({ kind: 'init-failed', error: found.error });
});
