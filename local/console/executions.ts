import type { ExecutionStatus } from '../engine/types';
import type { ListedExecution } from '../runtime/journal';
import { type Html, html } from './html';
import { page, time } from './page';
import type { MachineRow } from './source';

export const PAGE_SIZE = 50;
export const STATUSES: readonly ExecutionStatus[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** All state machines, each with its newest execution. */
export function machinesPage(machines: readonly MachineRow[], now: number): string {
  const rows = machines.map(
    ({ arn, name, type, newest }) => html`<li><a href="${listAddress({ machine: arn })}"><strong>${name}</strong>
      <span>${type === 'EXPRESS' ? 'Express' : 'Standard'}</span>
      ${newest ? html`${statusMark(newest.status)} ${time(newest.startedAt)}` : html`<span>never started</span>`}</a></li>`,
  );
  const list = rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : html`<p class="empty">No state machines.</p>`;
  return page('State machines', html`<h1>State machines</h1><p class="note">It is ${time(now)}.</p>${list}`, {
    refresh: true,
  });
}

/** Whose executions: a state machine's, or those that a map run started. */
export type Whose = { readonly machine: string } | { readonly run: string };

export interface ExecutionsPage {
  readonly whose: Whose;
  /** All of them when it is left out. */
  readonly status: ExecutionStatus | undefined;
  readonly executions: readonly ListedExecution[];
  readonly isFirst: boolean;
}

/** Executions, the newest first, `PAGE_SIZE` on a page. */
export function executionsPage({ whose, status, executions, isFirst }: ExecutionsPage): string {
  const name = 'run' in whose ? `Map run ${lastPart(whose.run)}` : lastPart(whose.machine);
  const filters = [undefined, ...STATUSES].map((one) => {
    const text = one === undefined ? 'All' : words(one);
    return one === status
      ? html`<a href="${listAddress(whose, one)}" aria-current="page">${text}</a>`
      : html`<a href="${listAddress(whose, one)}">${text}</a>`;
  });
  const rows = executions.map(
    (one) => html`<li><a href="${executionAddress(one.arn)}"><strong>${one.name}</strong>
      ${statusMark(one.status)} ${time(one.startedAt)}
      ${one.stoppedAt === undefined ? [] : html`<span>${duration(one.stoppedAt - one.startedAt)}</span>`}</a></li>`,
  );
  const last = executions.length === PAGE_SIZE ? executions.at(-1) : undefined;
  const older = last ? html`<p class="note"><a href="${listAddress(whose, status, last.row)}">Older</a></p>` : [];
  const list = rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : html`<p class="empty">No executions.</p>`;
  return page(name, html`<h1>${name}</h1><p class="note">${filters}</p>${list}${older}`, { refresh: isFirst });
}

export function listAddress(whose: Whose, status?: ExecutionStatus, before?: number): string {
  const query = new URLSearchParams({
    ...whose,
    ...(status && { status }),
    ...(before !== undefined && { before: String(before) }),
  });
  return `/executions?${query}`;
}

export function executionAddress(arn: string, from?: number): string {
  return `/execution?${new URLSearchParams({ arn, ...(from !== undefined && { from: String(from) }) })}`;
}

/** What an ARN of Step Functions names: a state machine, or a map run with its state machine. */
export function lastPart(arn: string): string {
  return arn.split(':').slice(6).join(':');
}

export function statusMark(status: ExecutionStatus): Html {
  return html`<b class="status">${words(status)}</b>`;
}

/** 'TIMED_OUT': 'Timed out' */
function words(status: ExecutionStatus): string {
  return status.charAt(0) + status.slice(1).toLowerCase().replace('_', ' ');
}

/** '350 ms', '12.5 s', '3 min 20 s', '18 d 22 h' */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const units: ReadonlyArray<readonly [name: string, ms: number]> = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  const largest = units.findIndex(([, size]) => ms >= size);
  let rest = ms;
  return units
    .slice(largest, largest + 2)
    .map(([name, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count > 0 ? `${count} ${name}` : '';
    })
    .filter(Boolean)
    .join(' ');
}
