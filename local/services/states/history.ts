import type { JsonObject } from '../../asl/json';
import { detailsKey } from '../../engine/step';
import type { HistoryEvent } from '../../engine/types';
import type { Executions } from '../../runtime/executions';
import { parseArn } from './arns';
import { pageSize } from './checks';
import { failures, type Input } from './errors';
import { positionToken, readPosition } from './paging';

/** GetExecutionHistory: pages in both directions, with or without the data that the events carry. */
export function getExecutionHistory(executions: Executions, input: Input): Input {
  const arn = input.executionArn;
  parseArn(arn, 'execution');
  const reverse = input.reverseOrder === true;
  const withData = input.includeExecutionData !== false;
  const listing = `GetExecutionHistory ${arn} ${reverse}`;
  const limit = pageSize(input);
  const events = executions.history(arn, { from: readPosition(input, listing), reverse, limit: limit + 1 });
  if (!events) throw failures.executionUnknown(arn);
  const next = events[limit];
  return {
    events: events.slice(0, limit).map((event) => historyEvent(event, withData)),
    nextToken: next && positionToken(listing, next.id),
  };
}

/** An event as GetExecutionHistory answers it. */
export function historyEvent(
  { id, previousEventId, timestamp, type, details }: HistoryEvent,
  withData: boolean,
): Input {
  const shape: Input = { id, previousEventId, timestamp: new Date(timestamp), type };
  const key = detailsKey(type);
  if (details && key) shape[key] = withData ? details : withoutData(details);
  return shape;
}

function withoutData(details: JsonObject): JsonObject {
  const { input, inputDetails, output, outputDetails, parameters, ...rest } = details;
  return rest;
}
