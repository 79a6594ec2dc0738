import type { HistoryEvent } from '../engine/types';
import { duration, executionAddress, lastPart, listAddress, statusMark } from './executions';
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
  const { execution, input, nextDue, events } = shown;
  const { name, status, startedAt, stoppedAt, error, cause } = execution;
  const isRunning = status === 'RUNNING';
  const facts = [
    fact('Status', statusMark(status)),
    fact(
      'State machine',
      html`<a href="${listAddress({ machine: machineOf(shown) })}">${lastPart(machineOf(shown))}</a>`,
    ),
    ...(execution.mapRunArn === undefined ? [] : [fact('Map run', mapRunLink(execution.mapRunArn))]),
    ...mapRunsIn(events).map((run) => fact('Items', mapRunLink(run))),
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
  return page(
    name,
    html`<h1>${name}</h1>${isRunning ? html`<p class="note"><a href="${executionAddress(execution.arn)}">Reload</a></p>` : []}
    <dl>${facts}</dl>
    <h2>Graph</h2>${graph(shown)}
    <h2>Input</h2>${json(input, hide)}
    ${execution.output === undefined ? [] : html`<h2>Output</h2>${json(JSON.stringify(execution.output), hide)}`}
    <h2>History</h2>${history(execution.arn, events, from, startedAt, hide)}`,
  );
}

function graph(shown: ShownExecution): Html {
  const { TooLargeToDraw } = require('../picture/svg') as typeof import('../picture/svg');
  try {
    const picture = new Html(executionPicture(shown));
    return html`<div class="graph" tabindex="0" role="region" aria-label="Graph">${picture}</div>
    ${LEGEND}<p class="note"><a href="${pictureAddress(shown.execution.arn)}">The picture alone</a></p>`;
  } catch (error) {
    if (!(error instanceof TooLargeToDraw)) throw error;
    return html`<p class="note">${error.message}</p>`;
  }
}

/** The state machine in the colours of the execution, as an SVG document. Throws TooLargeToDraw. */
export function executionPicture({ execution, machine, events }: ShownExecution): string {
  const { drawStateMachine } = require('../picture/svg') as typeof import('../picture/svg');
  return drawStateMachine(machine, `${execution.stateMachineName}, as far as this execution went`, visitsOf(events));
}

const LEGEND = html`<p class="legend"><b class="running">under way</b> <b class="succeeded">left as it should be</b>
  <b class="caught">left after an error that was caught</b> <b class="failed">failed</b> <b class="stopped">not left</b></p>`;

/** An execution of a map run is one of the state machine that has the Map. */
function machineOf({ execution }: ShownExecution): string {
  return execution.stateMachineArn.split('/', 1)[0] as string;
}

function mapRunLink(run: string): Html {
  return html`<a href="${listAddress({ run })}">map run ${lastPart(run)}</a>`;
}

function mapRunsIn(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ type, details }) =>
    type === 'MapRunStarted' && typeof details?.mapRunArn === 'string' ? [details.mapRunArn] : [],
  );
}

function pictureAddress(arn: string): string {
  return `/execution.svg?${new URLSearchParams({ arn })}`;
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
  const last = Math.max(1, events.length - EVENTS + 1);
  const pages: ReadonlyArray<readonly [words: string, from: number]> = [
    ...(from > 1
      ? ([
          ['First events', 1],
          ['Earlier events', Math.max(1, from - EVENTS)],
        ] as const)
      : []),
    ...(from < last
      ? ([
          ['Later events', from + EVENTS],
          ['Last events', last],
        ] as const)
      : []),
  ];
  const links = pages.map(([words, at]) => html`<a href="${executionAddress(arn, at)}">${words}</a>`);
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
