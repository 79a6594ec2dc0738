import { hash, randomBytes } from 'node:crypto';

/**
 * Owns the trace headers (`X-Amzn-Trace-Id`) by which calls are known to belong together: a task's call carries its
 * execution's, a function gets it as `_X_AMZN_TRACE_ID`, and its SDK clients send it on. In the form of X-Ray's
 * (docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader); nothing is recorded there.
 *
 * T1  `Parent` names who pays: an execution ('e' and a hash of its ARN, the same over restarts) or a request that came
 *     from outside ('0' and what was drawn).
 * T2  `Lineage`, which Lambda adds, tells the function that a call comes from.
 */
const SEGMENT = /(?:^|;)\s*Parent=([e0][0-9a-f]{15})(?:;|$)/;
const LINEAGE = /(?:^|;)\s*Lineage=(?:[^;]*\|)?([0-9a-f]{8}):\d+(?:;|$)/;
const ROOT = /(?:^|;)\s*(Root=1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/;
/** X-Ray's own are shorter by far. */
const LONGEST = 2048;

/** The header of an execution's calls, in the trace that its start was given, if it was. */
export function executionTrace(executionArn: string, given?: string): string {
  const drawn = hash('sha256', executionArn);
  const root = ROOT.exec(given ?? '')?.[1] ?? `Root=1-${drawn.slice(16, 24)}-${drawn.slice(24, 48)}`;
  return `${root};Parent=e${drawn.slice(0, 15)};Sampled=1`;
}

/** The segment that an execution's calls name as their parent. */
export function executionSegment(executionArn: string): string {
  return `e${hash('sha256', executionArn).slice(0, 15)}`;
}

/** The header of a request that no execution made. */
export function requestTrace(): string {
  const drawn = randomBytes(20).toString('hex');
  return `Root=1-${drawn.slice(0, 8)}-${drawn.slice(8, 32)};Parent=0${drawn.slice(25)};Sampled=0`;
}

/** Who pays for a call; undefined when the header is none of this local cloud's. */
export function segmentOf(trace: string): string | undefined {
  return trace.length > LONGEST ? undefined : SEGMENT.exec(trace)?.[1];
}

export function isExecution(segment: string): boolean {
  return segment.startsWith('e');
}

/** The header that a function gets: whoever it calls sees that the call is the function's. */
export function throughFunction(trace: string, functionName: string): string {
  return `${trace.replace(/;Lineage=[^;]*/, '')};Lineage=${lineageOf(functionName)}:0`;
}

export function lineageOf(functionName: string): string {
  return hash('sha256', functionName).slice(0, 8);
}

/** The lineage of the function that made a call; undefined when none did. */
export function callerLineage(trace: string): string | undefined {
  return LINEAGE.exec(trace)?.[1];
}
