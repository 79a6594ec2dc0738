import type { AwsShape } from '../../local/services/aws';

const ENDS: Record<string, string> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

/** What holds for the history of an ended execution as GetExecutionHistory tells it, however it ran. */
export function checkEvents(status: string, events: AwsShape[]): void {
  expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  expect(events[0]?.type).toBe('ExecutionStarted');
  expect(events.at(-1)?.type).toBe(ENDS[status]);
  expect(events.filter(({ type }) => Object.values(ENDS).includes(type))).toHaveLength(1);
  const entered = new Map<string, number>();
  for (const event of events) {
    const { id, previousEventId, type } = event;
    expect(previousEventId).toBeLessThan(id);
    if (type.endsWith('StateEntered')) count(entered, event.stateEnteredEventDetails.name, 1);
    if (type.endsWith('StateExited')) count(entered, event.stateExitedEventDetails.name, -1);
  }
  for (const open of entered.values()) expect(open).toBeGreaterThanOrEqual(0);
}

function count(entered: Map<string, number>, name: string, by: number): void {
  entered.set(name, (entered.get(name) ?? 0) + by);
}
