import type { HistoryEvent } from '../engine/types';
import { duration, executionAddress, listAddress, statusMark } from './executions';
import { Html, html } from './html';
import { page, time } from './page';
import type { ShownExecution } from './source';
import { visitsOf } from './visits';

/** Events on a page, and characters of an input, output or event's details. */
const EVENTS = 200;
const LONGEST_TEXT = 20_000;

/**
 * One execution: how it stands, its state machine in colours, its input and output, its history.
 * @param from the first event to show
 * @param hide takes out of a text what nobody should read
 */
export function executionPage(
  shown: ShownExecution,
  from: number,
  now: number,
  hide: (text: string) => string,
): string {
  const { execution, input, machine, nextDue, events } = shown;
  const { name, status, startedAt, stoppedAt, error, cause } = execution;
  const isRunning = status === 'RUNNING';
  const facts = [
    fact('Status', statusMark(status)),
    fact('State machine', html`<a href="${listAddress(execution.stateMachineArn)}">${execution.stateMachineName}</a>`),
    fact('Started', time(startedAt, 'milliseconds')),
    ...(stoppedAt === undefined ? [] : [fact('Ended', time(stoppedAt, 'milliseconds'))]),
    fact(isRunning ? 'Runs for' : 'Took', duration((stoppedAt ?? now) - startedAt)),
    ...(isRunning
      ? [fact('Goes on', nextDue === undefined ? 'with an answer' : html`by ${time(nextDue)} at the latest`)]
      : []),
    ...(execution.redriveCount > 0 ? [fact('Redriven', String(execution.redriveCount))] : []),
    ...(error === undefined ? [] : [fact('Error', hide(error))]),
    ...(cause === undefined ? [] : [fact('Cause', hide(cause))]),
  ];
  const { drawStateMachine } = require('../picture/svg') as typeof import('../picture/svg');
  const graph = drawStateMachine(
    machine,
    `${execution.stateMachineName}, as far as this execution went`,
    visitsOf(events),
  );
  return page(
    name,
    html`<h1>${name}</h1><dl>${facts}</dl>
    <h2>Graph</h2><div class="graph" tabindex="0" role="region" aria-label="Graph">${new Html(graph)}</div>
    <h2>Input</h2>${json(input, hide)}
    ${execution.output === undefined ? [] : html`<h2>Output</h2>${json(JSON.stringify(execution.output), hide)}`}
    <h2>History</h2>${history(execution.arn, events, from, startedAt, hide)}`,
    { refresh: isRunning && from === 1 },
  );
}

function fact(name: string, value: string | Html): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

function history(
  arn: string,
  events: readonly HistoryEvent[],
  from: number,
  startedAt: number,
  hide: (text: string) => string,
): Html {
  const shown = events.slice(from - 1, from - 1 + EVENTS);
  const links = [
    ...(from > 1 ? [html`<a href="${executionAddress(arn, Math.max(1, from - EVENTS))}">Earlier events</a>`] : []),
    ...(from - 1 + EVENTS < events.length
      ? [html`<a href="${executionAddress(arn, from + EVENTS)}">Later events</a>`]
      : []),
  ];
  const items = shown.map((event) => {
    const line = html`<b>${String(event.id)}</b> ${event.type} ${nameIn(event)}
      <span class="note">${time(event.timestamp, 'milliseconds')} (+${duration(event.timestamp - startedAt)})</span>`;
    if (!event.details) return html`<li>${line}</li>`;
    return html`<li><details><summary>${line}</summary>${json(JSON.stringify(event.details), hide)}</details></li>`;
  });
  return html`<ol class="events">${items}</ol>${links.length > 0 ? html`<p class="note">${links}</p>` : []}`;
}

/** What the event is about: a state, a function, an error. */
function nameIn({ details }: HistoryEvent): Html {
  const { name, resource, error } = details ?? {};
  const text = [name, resource, error].find((one) => typeof one === 'string');
  return typeof text === 'string' ? html`<b>${text}</b>` : html``;
}

/** JSON text, laid out; texts within it that are JSON stay texts. */
function json(text: string, hide: (text: string) => string): Html {
  const laidOut = hide(JSON.stringify(JSON.parse(text), null, 2));
  const more = laidOut.length - LONGEST_TEXT;
  return more > 0
    ? html`<pre>${laidOut.slice(0, LONGEST_TEXT)}</pre><p class="note">and ${String(more)} more characters</p>`
    : html`<pre>${laidOut}</pre>`;
}
