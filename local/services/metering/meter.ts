import { addTo, meterOf, sumOf, type Usage } from '../../cost/usage';
import type { Store } from '../../runtime/store';
import type { Interceptor } from '../aws';
import { callerLineage, executionSegment, isExecution, lineageOf, requestTrace, segmentOf } from './trace';
import { usageOfCall } from './units';

/** How long what was used may be in memory alone, in real ms. */
const WRITE_AFTER = 250;

/**
 * Owns what was used by whom: amounts by meter for every execution, found by the trace headers of calls (`trace.ts`).
 *
 * U1  Counting adds to a map in memory. What has come together is written a few times a second, one row for each
 *     execution that used something meanwhile; nothing waits for it. A process that is killed loses the last quarter
 *     of a second, one that stops loses nothing.
 * U2  A request from outside (`open`) pays for itself until it starts an execution or answers one of its tasks (`link`);
 *     from then on, and for what it used before, that execution does.
 * U3  What belongs to no execution is added up as nobody's.
 */
export class UsageMeter {
  readonly #waiting = new Map<string, Record<string, number>>();
  readonly #requests = new Map<string, OpenRequest>();
  readonly #functions = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: Store) {
    store.schema(
      'CREATE TABLE IF NOT EXISTS usage (segment TEXT NOT NULL, body TEXT NOT NULL);' +
        'CREATE INDEX IF NOT EXISTS usage_by_segment ON usage (segment)',
    );
  }

  /** Counts a call that goes to its service, if it carries a trace. */
  readonly observe: Interceptor = (service, operation, input, { via, trace }) => {
    const segment = trace === undefined ? undefined : segmentOf(trace);
    if (trace === undefined || segment === undefined) return;
    const by = this.#functions.get(callerLineage(trace) ?? '') ?? (via === 'states' ? '' : `@${via}`);
    this.#add(segment, { [meterOf('call', `${by}>${service}.${operation}`)]: 1 });
    this.#add(segment, usageOfCall(service, operation, input));
  };

  /** Counts what is not seen in a call. Without a trace, or with a stranger's, it is nobody's. */
  use(trace: string | undefined, usage: Usage): void {
    this.#add((trace !== undefined && segmentOf(trace)) || NOBODY, usage);
  }

  /** Makes a function known by the lineage that its calls carry. */
  know(functionName: string): void {
    this.#functions.set(lineageOf(functionName), functionName);
  }

  /** The trace of a request that comes from outside; `close` it when it has been answered. */
  open(): string {
    const trace = requestTrace();
    this.#requests.set(segmentOf(trace) as string, { used: {} });
    return trace;
  }

  /** The request with this trace was made for the execution. The first execution that it is linked to has it. */
  link(trace: string | undefined, executionArn: string): void {
    const request = this.#requests.get((trace !== undefined && segmentOf(trace)) || NOBODY);
    if (!request || request.payer !== undefined) return;
    request.payer = executionSegment(executionArn);
    this.#add(request.payer, request.used);
  }

  close(trace: string): void {
    const segment = segmentOf(trace) ?? NOBODY;
    const request = this.#requests.get(segment);
    this.#requests.delete(segment);
    if (request && request.payer === undefined) this.#add(NOBODY, request.used);
  }

  /** What an execution has used until now. */
  usageOf(executionArn: string): Usage {
    return this.#read(executionSegment(executionArn));
  }

  /** What was used by requests that had to do with no execution. */
  nobodys(): Usage {
    return this.#read(NOBODY);
  }

  /** Writes what is in memory; durable with the store's next commit. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [segment, used] of this.#waiting) {
      this.store.run('INSERT INTO usage (segment, body) VALUES (?, ?)', segment, JSON.stringify(used));
    }
    this.#waiting.clear();
  }

  #add(segment: string, usage: Usage): void {
    const request = this.#requests.get(segment);
    if (request && request.payer === undefined) {
      addTo(request.used, usage);
      return;
    }
    // A request that is answered already, or was under way when an earlier process ended, is nobody's.
    const payer = request?.payer ?? (isExecution(segment) ? segment : NOBODY);
    let used = this.#waiting.get(payer);
    if (!used) {
      used = {};
      this.#waiting.set(payer, used);
    }
    addTo(used, usage);
    this.#timer ??= setTimeout(() => this.#flushInTime(), WRITE_AFTER).unref();
  }

  #flushInTime(): void {
    try {
      this.flush();
    } catch {
      // The store has failed, and says so to those who run it.
    }
  }

  #read(segment: string): Usage {
    const rows = this.store.all<{ body: string }>('SELECT body FROM usage WHERE segment = ?', segment);
    const written = rows.map(({ body }) => JSON.parse(body) as Usage);
    return sumOf([...written, this.#waiting.get(segment) ?? {}]);
  }
}

interface OpenRequest {
  readonly used: Record<string, number>;
  /** The segment of the execution that it belongs to, once that is known. */
  payer?: string;
}

/** Stands in the place of a segment. */
const NOBODY = 'nobody';
