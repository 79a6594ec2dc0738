import type { AwsShape } from '../aws';
import { filterPattern } from './filter-pattern';
import type { LogEvent, LogStore, Position, Selection } from './log-store';
import { invalid, limit, moment } from './validation';

/** Owns the two ways of reading events: across a group with a filter, and along one stream in both directions. */

const MOST_EVENTS = 10_000;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function filterEvents(logs: LogStore, group: string, input: AwsShape): AwsShape {
  const matches = filterPattern(input.filterPattern ?? '');
  const most = limit(input.limit, MOST_EVENTS);
  const selection: Selection = {
    group,
    streams: streamsOf(logs, group, input),
    from: moment(input.startTime, 'startTime', 0),
    to: moment(input.endTime, 'endTime', Number.MAX_SAFE_INTEGER),
  };
  const found: LogEvent[] = [];
  let position = input.nextToken === undefined ? undefined : positionOf(input.nextToken);
  let more = true;
  while (more && found.length < most) {
    const read = logs.events(selection, most, position);
    more = read.length === most;
    for (const event of read) {
      if (found.length === most) {
        more = true;
        break;
      }
      position = event;
      if (matches(event.message)) found.push(event);
    }
  }
  return {
    events: found.map((event) => ({
      logStreamName: event.stream,
      ...eventShape(event),
      eventId: String(event.id).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(more && position && { nextToken: tokenOf(position) }),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export function getEvents(logs: LogStore, group: string, stream: string, input: AwsShape): AwsShape {
  const most = limit(input.limit, MOST_EVENTS);
  const selection: Selection = {
    group,
    streams: [stream],
    from: moment(input.startTime, 'startTime', 0),
    // The end is not part of the range here, unlike in FilterLogEvents.
    to: moment(input.endTime, 'endTime', Number.MAX_SAFE_INTEGER) - 1,
  };
  const token = /^([fb])\/(.+)$/.exec(input.nextToken ?? '');
  if (input.nextToken !== undefined && !token) throw invalid('The specified nextToken is invalid.');
  const from = token ? positionOf(token[2] as string) : undefined;
  const backwards = token ? token[1] === 'b' : input.startFromHead !== true;
  const events = logs.events(selection, most, from, backwards);
  if (backwards) events.reverse();
  // At either end the token stays what it was, which is how a reader knows.
  const start = from ?? { at: selection.from, id: 0 };
  return {
    events: events.map(eventShape),
    nextForwardToken: `f/${tokenOf(events.at(-1) ?? start)}`,
    nextBackwardToken: `b/${tokenOf(events[0] ?? start)}`,
  };
}

function streamsOf(logs: LogStore, group: string, input: AwsShape): readonly string[] | undefined {
  const { logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalid('LogStreamNamePrefix and LogStreamNames parameters cannot be specified together.');
  }
  if (logStreamNamePrefix === undefined) return logStreamNames;
  return logs
    .streams(group)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(logStreamNamePrefix));
}

function eventShape({ at, message, ingested }: LogEvent): AwsShape {
  return { timestamp: at, message, ingestionTime: ingested };
}

function tokenOf({ at, id }: Position): string {
  return `${at}-${id}`;
}

function positionOf(token: string): Position {
  const match = /^(\d+)-(\d+)$/.exec(token);
  if (!match) throw invalid('The specified nextToken is invalid.');
  return { at: Number(match[1]), id: Number(match[2]) };
}
