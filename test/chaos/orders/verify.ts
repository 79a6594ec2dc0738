import { Breaches } from '../report';
import type { Answer, SfnClient } from '../wire';
import type { Ledger } from './ledger';
import { ENTERED, ITEMS } from './machine';

/** Compares what the engine shows with what it acknowledged; answers the breaches. */
export async function verifyOrders(
  client: SfnClient,
  ledger: Ledger,
  { machineArn, arnOf, lives }: { machineArn: string; arnOf: (name: string) => string; lives: number },
): Promise<{ breaches: Breaches; executions: number; events: number }> {
  const breaches = new Breaches();
  const listed = await client.all('ListExecutions', 'executions', { stateMachineArn: machineArn });
  const names = new Set(listed.map(({ name }) => name as string));
  breaches.expect(names.size === listed.length, () => `${listed.length - names.size} executions are listed twice`);
  for (const name of ledger.started.keys()) {
    breaches.expect(names.has(name), () => `${name} was acknowledged and is not there`);
  }
  let events = 0;
  const rest = [...names];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
        const execution = await client.call('DescribeExecution', { executionArn: arnOf(name) });
        const history = await client.all('GetExecutionHistory', 'events', { executionArn: arnOf(name) });
        events += history.length;
        for (const text of flawsOf(name, execution, history, ledger, lives)) breaches.add(`${name}: ${text}`);
      }
    }),
  );
  const { tags } = await client.call('ListTagsForResource', { resourceArn: machineArn });
  const newest = Math.max(0, ...(tags as Answer[]).map(({ value }) => Number(value)));
  breaches.expect(
    newest >= ledger.tag.acknowledged && newest <= ledger.tag.sent,
    () => `the tag is ${newest}, acknowledged was ${ledger.tag.acknowledged}`,
  );
  return { breaches, executions: names.size, events };
}

function flawsOf(name: string, execution: Answer, history: Answer[], ledger: Ledger, lives: number): string[] {
  const flaws = [...historyFlaws(history), ...answerFlaws(name, execution, history, ledger)];
  const startedAt = ledger.started.get(name);
  if (startedAt !== undefined && Math.abs(execution.startDate * 1000 - startedAt) >= 1) {
    flaws.push(`started at ${execution.startDate * 1000}, acknowledged was ${startedAt}`);
  }
  const calls = ledger.charged.get(name) ?? 0;
  const scheduled = count(history, 'TaskScheduled');
  if (scheduled > 0 && execution.status !== 'ABORTED' && calls === 0) flaws.push('its function was never called');
  if (calls > lives) flaws.push(`its function was called ${calls} times in ${lives} lives`);
  if (execution.status === 'SUCCEEDED') {
    for (const [state, times] of Object.entries(ENTERED)) {
      const entered = history.filter((event) => event.stateEnteredEventDetails?.name === state).length;
      const exited = history.filter((event) => event.stateExitedEventDetails?.name === state).length;
      if (entered !== times || exited !== times) flaws.push(`${state} was entered ${entered} and left ${exited} times`);
    }
    const output = JSON.parse(execution.output) as Answer;
    if (output.order !== name || output.items.length !== ITEMS.length) flaws.push(`its output is ${execution.output}`);
    if (output.charge.receipt !== `R-${name}`) flaws.push(`its receipt is ${output.charge.receipt}`);
  } else if (execution.status === 'RUNNING') flaws.push(`is stuck after ${history.at(-1)?.type}`);
  else if (execution.status !== 'ABORTED') flaws.push(`ended ${execution.status}: ${execution.cause}`);
  return flaws;
}

/** Ids without gaps, causes before effects, times that never decrease, one end. */
function historyFlaws(history: Answer[]): string[] {
  const flaws: string[] = [];
  let latest = 0;
  for (const [index, { id, previousEventId, timestamp, type }] of history.entries()) {
    if (id !== index + 1) flaws.push(`event ${index + 1} has the id ${id}`);
    if (previousEventId >= id) flaws.push(`event ${id} follows ${previousEventId}`);
    if (timestamp < latest) flaws.push(`event ${id} ${type} is ${latest - timestamp} s before the one in front of it`);
    latest = Math.max(latest, timestamp);
  }
  const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type));
  if (ends.length > 1 || (ends.length === 1 && ends[0] !== history.at(-1))) flaws.push('it ended more than once');
  if (count(history, 'ExecutionStarted') !== 1) flaws.push('it started more than once');
  return flaws;
}

/** What was acknowledged of its tasks stands in the history, once. */
function answerFlaws(name: string, execution: Answer, history: Answer[], ledger: Ledger): string[] {
  const flaws: string[] = [];
  const approved = ledger.approved.get(name);
  const approvals = history.filter(
    ({ type, taskSucceededEventDetails: details }) => type === 'TaskSucceeded' && details.output.startsWith('"yes-'),
  );
  if (approvals.length > 1) flaws.push(`it was approved ${approvals.length} times`);
  if (approved !== undefined && approvals[0]?.taskSucceededEventDetails.output !== JSON.stringify(approved)) {
    flaws.push(`the acknowledged approval ${approved} is not in the history`);
  }
  const inspections = history.filter(({ type }) => type === 'ActivitySucceeded');
  if (inspections.length > 1) flaws.push(`it was inspected ${inspections.length} times`);
  const finding = ledger.inspected.get(name);
  if (finding !== undefined && inspections[0]?.activitySucceededEventDetails.output !== JSON.stringify(finding)) {
    flaws.push(`the acknowledged inspection ${finding} is not in the history`);
  }
  const taken = ledger.taken.get(name) ?? 0;
  if (count(history, 'ActivityStarted') < taken) flaws.push(`it was handed out ${taken} times, recorded less often`);
  const stopped = ledger.stopped.get(name);
  // A stop that came too late is answered with the date of the end.
  if (stopped && Math.abs(execution.stopDate * 1000 - stopped.date) >= 1) {
    flaws.push(`stopped at ${execution.stopDate * 1000}, acknowledged was ${stopped.date}`);
  }
  if (execution.status === 'ABORTED' && !ledger.perhapsStopped.has(name)) flaws.push('nobody stopped it');
  return flaws;
}

function count(history: Answer[], type: string): number {
  return history.filter((event) => event.type === type).length;
}
