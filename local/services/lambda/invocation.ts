/** Owns the vocabulary of one invocation: what is asked, what came of it, and the words AWS uses for it. Pure. */

export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  /** JSON text. */
  readonly clientContext?: string;
  /** What the invocation is a part of (`metering/trace.ts`). */
  readonly trace?: string | undefined;
  /** Called when an environment takes it up. */
  readonly begun?: (() => void) | undefined;
}

export interface Outcome {
  /** JSON text: the handler's result, or the error's description. */
  readonly payload: string;
  /** The error's type when the function failed. */
  readonly error?: string;
  /** How the REPORT line calls a failure of the runtime itself. */
  readonly status?: 'timeout' | 'error';
  /** The end of the invocation's log, at most 4 KB of it. */
  readonly logTail?: string;
  /** Undefined when it did not run. */
  readonly used?: InvocationUse;
}

/** What an invocation took. Times in real ms, memory in bytes. */
export interface InvocationUse {
  readonly durationMs: number;
  /** Given for the first invocation of an environment. */
  readonly initMs: number | undefined;
  readonly memoryBytes: number | undefined;
  /** As CloudWatch Logs counts them. */
  readonly logBytes: number;
}

/** Lambda's limits, in bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LIMITS = {
  syncPayload: 6 * 1024 * 1024,
  asyncPayload: 1024 * 1024,
  /** Six megabytes and a hundred bytes of room for what wraps the answer. */
  response: 6 * 1024 * 1024 + 100,
  logTail: 4096,
} as const;

/** Why work fails that was not finished when the local cloud was stopped. */
export const STOPPED = 'The local cloud was stopped';

export function timedOut(invocation: Invocation, limitMs: number): Outcome {
  const seconds = (limitMs / 1000).toFixed(2);
  return runtimeFailed(invocation, 'Sandbox.Timedout', `Task timed out after ${seconds} seconds`, 'timeout');
}

export function runtimeExited(invocation: Invocation, errorType: string, reason: string): Outcome {
  return runtimeFailed(invocation, errorType, reason, 'error');
}

function runtimeFailed(invocation: Invocation, error: string, reason: string, status: 'timeout' | 'error'): Outcome {
  const errorMessage = `RequestId: ${invocation.requestId} Error: ${reason}`;
  return { payload: JSON.stringify({ errorType: error, errorMessage }), error, status };
}

/** The outcome itself, or the failure that AWS makes of a response that is too large. */
export function withinResponseLimit(outcome: Outcome): Outcome {
  return Buffer.byteLength(outcome.payload) <= LIMITS.response ? outcome : responseTooLarge();
}

export function responseTooLarge(): Outcome {
  const errorType = 'Function.ResponseSizeTooLarge';
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${LIMITS.response} bytes).`;
  return { payload: JSON.stringify({ errorMessage, errorType }), error: errorType };
}

/** The last line of an invocation's log. Durations in real milliseconds. */
export function reportLine(report: {
  requestId: string;
  durationMs: number;
  memoryMb: number;
  /** Undefined when the environment ended before it could tell. */
  usedBytes: number | undefined;
  /** Given for the first invocation of an environment. */
  initMs: number | undefined;
  outcome: Outcome;
}): string {
  const { durationMs, initMs, memoryMb, outcome } = report;
  const usedMb = report.usedBytes === undefined ? memoryMb : Math.ceil(report.usedBytes / 1024 / 1024);
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.max(1, Math.ceil(durationMs + (initMs ?? 0)))} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${Math.min(usedMb, memoryMb)} MB`,
  ];
  if (initMs !== undefined) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  if (outcome.status) fields.push(`Status: ${outcome.status}`);
  if (outcome.status === 'error') fields.push(`Error Type: ${outcome.error}`);
  return fields.join('\t');
}
