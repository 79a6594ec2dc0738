import type { Permissions } from '../services/iam/permissions';
import type { LambdaService } from '../services/lambda/service';
import type { StatesService } from '../services/states/service';
import { denialLine } from './denial-line';

/** Lines in one window; a load of failures must not flood the terminal. */
const MOST_LINES = 20;
const WINDOW_MS = 10_000;
/** Resources that are told of for one role and action: the keys of a bucket may be very many. */
const MOST_RESOURCES = 5;
const LONGEST = 200;

/**
 * Owns what the terminal of a running local cloud shows of failures: a line on stderr for each execution that fails or times out,
 * each invocation of a function that fails, and what each role lacks. No input, no output; in a burst the first lines, and how many more there were.
 * What a role lacks is told once, so a burst of failures takes nothing of it.
 */
export class FailureLines {
  #lines = 0;
  #more = 0;
  #window: NodeJS.Timeout | undefined;

  ofExecutions({ executions }: Pick<StatesService, 'executions'>): void {
    executions.onStatusChange(({ status, stoppedAt, stateMachineName, name, error, cause, mapRunArn }) => {
      // The items of a distributed map are told by their map's execution.
      if ((status !== 'FAILED' && status !== 'TIMED_OUT') || stoppedAt === undefined || mapRunArn !== undefined) return;
      this.#tell(`${time(stoppedAt)}  ${status} ${stateMachineName}: ${name}`, error, cause);
    });
  }

  ofFunctions(lambda: Pick<LambdaService, 'onFailure'>): void {
    lambda.onFailure(({ at, functionName, errorType, errorMessage }) =>
      this.#tell(`${time(at)}  function ${functionName}`, errorType, errorMessage),
    );
  }

  ofRoles(permissions: Pick<Permissions, 'onDenial'>): void {
    const resources = new Map<string, number>();
    permissions.onDenial((denial) => {
      const grant = `${denial.session.roleArn} ${denial.action}`;
      const count = (resources.get(grant) ?? 0) + 1;
      resources.set(grant, count);
      if (count > MOST_RESOURCES + 1) return;
      const more = count > MOST_RESOURCES ? ' So it is with other resources, which are not told of.' : '';
      process.stderr.write(`${time(denial.at)}  ${plain(denialLine(denial))}${more}\n`);
    });
  }

  #tell(what: string, error?: string, reason?: string): void {
    this.#window ??= setTimeout(() => this.#endWindow(), WINDOW_MS).unref();
    this.#lines += 1;
    if (this.#lines > MOST_LINES) this.#more += 1;
    else process.stderr.write(`${[what, error && shown(error), reason && shown(reason)].filter(Boolean).join(': ')}\n`);
  }

  #endWindow(): void {
    if (this.#more > 0) process.stderr.write(`and ${this.#more} more failures within ${WINDOW_MS / 1000} s\n`);
    this.#lines = 0;
    this.#more = 0;
    this.#window = undefined;
  }
}

/** The first line, cut; what a terminal would obey is taken out. */
function shown(whole: string): string {
  const [line = ''] = whole
    .slice(0, 10 * LONGEST)
    .trimStart()
    .split(/[\r\n]/);
  const text = plain(line);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** 2026-11-22 18:57:05 UTC */
function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
