/** What an execution environment's worker is told and what it tells: the only types that both sides share. */

/** The worker's `workerData`. */
export interface WorkerSetup {
  readonly taskRoot: string;
  /** The function's layers, unpacked, in the order in which they are looked at. */
  readonly layers: readonly string[];
  /** As in CloudFormation: 'index.handler', 'src/index.handler'. */
  readonly handler: string;
  readonly runtime: string;
  readonly functionName: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  /** Float64 [virtual base ms, real base ms, scale]: where the worker's `Date` comes from. */
  readonly clock: SharedArrayBuffer;
  /** Int32 [bytes of log lines that the other side has not taken yet]. */
  readonly logBacklog: SharedArrayBuffer;
  /** Bytes that a result or an error may have: what is larger stays in the worker. */
  readonly largestResponse: number;
}

export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly clientContext?: string;
  /** What the function finds as `_X_AMZN_TRACE_ID`. */
  readonly trace?: string | undefined;
}

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly initMs: number }
  | { readonly kind: 'init-failed'; readonly error: ErrorDocument }
  | { readonly kind: 'line'; readonly line: LogLine; readonly cost: number }
  | { readonly kind: 'succeeded'; readonly payload: string; readonly memoryBytes: number }
  | { readonly kind: 'too-large'; readonly memoryBytes: number }
  | { readonly kind: 'failed'; readonly error: ErrorDocument; readonly memoryBytes: number; readonly fatal: boolean };

/** As Lambda's Node.js runtime describes an error to the caller. */
export interface ErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface LogLine {
  /** Virtual ms since the epoch. */
  readonly at: number;
  readonly text: string;
}
