import type { Told } from '../report';
import type { Answer, SfnClient } from '../wire';
import type { Ledger } from './ledger';
import { ENTERED, ITEMS, WAITS } from './machine';

/** What the engine shows in the end. */
export interface Shown {
  /** Names of the list, each as often as it stands there. */
  readonly listed: readonly string[];
  readonly executions: ReadonlyArray<{ name: string; execution: Answer; history: Answer[] }>;
  readonly tags: readonly Answer[];
}

export async function readOrders(
  client: SfnClient,
  machineArn: string,
  arnOf: (name: string) => string,
): Promise<Shown> {
  const listed = (await client.all('ListExecutions', 'executions', { stateMachineArn: machineArn })).map(
    ({ name }) => name as string,
  );
  const executions: Array<Shown['executions'][number]> = [];
  const rest = [...new Set(listed)];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
        const execution = await client.call('DescribeExecution', { executionArn: arnOf(name) });
        const history = await client.all('GetExecutionHistory', 'events', { executionArn: arnOf(name) });
        executions.push({ name, execution, history });
      }
    }),
  );
  const { tags } = await client.call('ListTagsForResource', { resourceArn: machineArn });
  return { listed, executions, tags: tags as Answer[] };
}

/** Compares what the engine shows with what it acknowledged; answers the breaches. Pure. */
export function verifyOrders({ listed, executions, tags }: Shown, ledger: Ledger): Told[] {
  const breaches: Told[] = [];
  const names = new Set(listed);
  if (names.size < listed.length) breaches.push(['B', `${listed.length - names.size} executions are listed twice`]);
  for (const name of ledger.started.keys()) {
    if (!names.has(name)) breaches.push(['A', `the execution ${name} was acknowledged and is not there`]);
  }
  for (const { name, execution, history } of executions) {
    const flaws = [
      ...historyFlaws(history),
      ...timerFlaws(history),
      ...answerFlaws(name, execution, history, ledger),
      ...callFlaws(name, execution, history, ledger),
      ...endFlaws(name, execution, history, ledger),
    ];
    breaches.push(...flaws.map(([letters, text]) => [letters, `${name}: ${text}`] as const));
  }
  if (ledger.again > ledger.underWay) {
    breaches.push([
      'C',
      `${ledger.again} calls were made again, but only ${ledger.underWay} were under way at the deaths`,
    ]);
  }
  const newest = Math.max(0, ...tags.map(({ value }) => Number(value)));
  if (newest < ledger.tag.acknowledged || newest > ledger.tag.sent) {
    breaches.push(['A', `the tag is ${newest}, acknowledged was ${ledger.tag.acknowledged}`]);
  }
  return breaches;
}

/** Ids without gaps, causes before effects, times that never decrease, one start and one end. */
function historyFlaws(history: Answer[]): Told[] {
  const flaws: Told[] = [];
  let latest = 0;
  for (const [index, { id, previousEventId, timestamp, type }] of history.entries()) {
    if (id !== index + 1) flaws.push(['B', `event ${index + 1} has the id ${id}`]);
    if (previousEventId >= id) flaws.push(['B', `event ${id} follows ${previousEventId}`]);
    if (timestamp < latest) {
      flaws.push(['B', `event ${id} ${type} is ${latest - timestamp} s before the one in front of it`]);
    }
    latest = Math.max(latest, timestamp);
  }
  const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type));
  if (ends.length > 1 || (ends.length === 1 && ends[0] !== history.at(-1)))
    flaws.push(['B', 'it ended more than once']);
  if (count(history, 'ExecutionStarted') !== 1) flaws.push(['B', 'it did not start once']);
  return flaws;
}

/** No wait ended before its time. */
function timerFlaws(history: Answer[]): Told[] {
  return Object.entries(WAITS).flatMap(([state, seconds]): Told[] => {
    const entered = history.find((event) => event.stateEnteredEventDetails?.name === state)?.timestamp;
    const exited = history.find((event) => event.stateExitedEventDetails?.name === state)?.timestamp;
    const isEarly = exited !== undefined && exited - entered < seconds - 0.0005;
    return isEarly ? [['E', `${state}, a wait of ${seconds} s, ended after ${(exited - entered).toFixed(3)} s`]] : [];
  });
}

/** What was acknowledged of its tasks stands in the history, once. */
function answerFlaws(name: string, execution: Answer, history: Answer[], ledger: Ledger): Told[] {
  const flaws: Told[] = [];
  const approved = ledger.approved.get(name);
  const approvals = history.filter(
    ({ type, taskSucceededEventDetails: details }) => type === 'TaskSucceeded' && details.output.startsWith('"yes-'),
  );
  if (approvals.length > 1) flaws.push(['D', `it was approved ${approvals.length} times`]);
  if (approved !== undefined && approvals[0]?.taskSucceededEventDetails.output !== JSON.stringify(approved)) {
    flaws.push(['AD', `the acknowledged approval ${approved} is not in the history`]);
  }
  const inspections = history.filter(({ type }) => type === 'ActivitySucceeded');
  if (inspections.length > 1) flaws.push(['D', `it was inspected ${inspections.length} times`]);
  const finding = ledger.inspected.get(name);
  if (finding !== undefined && inspections[0]?.activitySucceededEventDetails.output !== JSON.stringify(finding)) {
    flaws.push(['AD', `the acknowledged inspection ${finding} is not in the history`]);
  }
  const taken = ledger.taken.get(name) ?? 0;
  if (count(history, 'ActivityStarted') < taken) {
    flaws.push(['A', `it was handed out ${taken} times, recorded less often`]);
  }
  const stopped = ledger.stopped.get(name);
  // A stop that came too late is answered with the date of the end.
  if (stopped && Math.abs(execution.stopDate * 1000 - stopped.date) >= 1) {
    flaws.push(['A', `stopped at ${execution.stopDate * 1000}, acknowledged was ${stopped.date}`]);
  }
  if (execution.status === 'ABORTED' && !ledger.perhapsStopped.has(name)) flaws.push(['B', 'nobody stopped it']);
  return flaws;
}

/** A task without a retry is called once in each life of the process, and no more once its result was recorded. */
function callFlaws(name: string, execution: Answer, history: Answer[], ledger: Ledger): Told[] {
  const flaws: Told[] = [];
  const lives = ledger.charged.get(name) ?? [];
  if (count(history, 'TaskScheduled') > 0 && execution.status !== 'ABORTED' && lives.length === 0) {
    flaws.push(['C', 'its function was never called']);
  }
  const most = Math.max(0, ...lives.map((life) => lives.filter((one) => one === life).length));
  if (most > 1) flaws.push(['C', `its function was called ${most} times in one life of the process`]);
  const recorded = ledger.recorded.get(name) ?? Number.POSITIVE_INFINITY;
  if (lives.some((life) => life > recorded))
    flaws.push(['C', 'its function was called again after its result was recorded']);
  const tokens = ledger.asked.get(name)?.size ?? 0;
  if (tokens > 1) flaws.push(['C', `the calls of one task were made with ${tokens} tokens`]);
  return flaws;
}

/** It ended as it should, having passed each state as often as it should, with what was acknowledged at its start. */
function endFlaws(name: string, execution: Answer, history: Answer[], ledger: Ledger): Told[] {
  const flaws: Told[] = [];
  const startedAt = ledger.started.get(name);
  if (startedAt !== undefined && Math.abs(execution.startDate * 1000 - startedAt) >= 1) {
    flaws.push(['A', `started at ${execution.startDate * 1000}, acknowledged was ${startedAt}`]);
  }
  const last = history.at(-1)?.type ?? 'nothing';
  if (execution.status === 'RUNNING') flaws.push([lettersOfStuck(last), `is stuck after ${last}`]);
  else if (execution.status === 'SUCCEEDED') {
    for (const [state, times] of Object.entries(ENTERED)) {
      const entered = history.filter((event) => event.stateEnteredEventDetails?.name === state).length;
      const exited = history.filter((event) => event.stateExitedEventDetails?.name === state).length;
      if (entered !== times || exited !== times) {
        flaws.push(['B', `${state} was entered ${entered} and left ${exited} times`]);
      }
    }
    const output = JSON.parse(execution.output) as Answer;
    const isRight = output.order === name && output.items?.length === ITEMS.length;
    if (!isRight || output.charge?.receipt !== `R-${name}`) flaws.push(['B', `its output is ${execution.output}`]);
  } else if (execution.status !== 'ABORTED') flaws.push(['B', `ended ${execution.status}: ${execution.cause}`]);
  return flaws;
}

/** A timer that never fires, a task that is never called, or a transition that is lost. */
function lettersOfStuck(last: string): string {
  if (last.startsWith('Wait')) return 'E';
  return /^(Task|Activity|Lambda)/.test(last) ? 'C' : 'A';
}

function count(history: Answer[], type: string): number {
  return history.filter((event) => event.type === type).length;
}
