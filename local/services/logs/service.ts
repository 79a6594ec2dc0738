import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { embeddedMetrics } from './embedded-metrics';
import { type LogGroup, LogStore, type LogStreamName } from './log-store';
import { filterEvents, getEvents } from './reading';
import { groupName, inputEvents, limit, retentionDays, streamName } from './validation';

const DAY_MS = 24 * 60 * 60 * 1000;
/** AWS refuses single events that are older than two weeks or more than two hours ahead. */
const OLDEST_MS = 14 * DAY_MS;
const NEWEST_MS = 2 * 60 * 60 * 1000;

const OPERATIONS = new Set([
  'CreateLogGroup',
  'CreateLogStream',
  'DeleteLogGroup',
  'DeleteLogStream',
  'DeleteRetentionPolicy',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'FilterLogEvents',
  'GetLogEvents',
  'PutLogEvents',
  'PutRetentionPolicy',
]);

/**
 * Owns CloudWatch Logs: groups, streams and their events, and the metrics that log lines carry in the Embedded Metric
 * Format. Subscriptions, metric filters and queries are not run.
 *
 * Events that Lambda writes are acknowledged before they are on disk (see `log-store.ts`), all others after.
 */
export class LogsService implements AwsService {
  readonly id = 'cloudwatchlogs';
  readonly signingName = 'logs';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = { kind: 'json', targetPrefix: 'Logs_20140328', version: '1.1' };
  readonly #logs: LogStore;
  /** The virtual day on which expired events were last removed. */
  #expiredOn = 0;

  constructor(private readonly parts: Parts) {
    this.#logs = new LogStore(parts.store);
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'CreateLogGroup':
        return this.#createGroup(input);
      case 'DeleteLogGroup':
        return this.#change(() => this.#logs.removeGroup(this.#group(input).name));
      case 'DescribeLogGroups':
        return this.#describeGroups(input);
      case 'PutRetentionPolicy':
        return this.#change(() => {
          this.#logs.setRetention(this.#group(input).name, retentionDays(input.retentionInDays));
        });
      case 'DeleteRetentionPolicy':
        return this.#change(() => this.#logs.setRetention(this.#group(input).name, null));
      case 'CreateLogStream':
        return this.#createStream(input);
      case 'DeleteLogStream':
        return this.#change(() => this.#logs.removeStream(this.#stream(input)));
      case 'DescribeLogStreams':
        return this.#describeStreams(input);
      case 'PutLogEvents':
        return this.#put(input, caller);
      case 'FilterLogEvents':
        return filterEvents(this.#logs, this.#group(input).name, input);
      case 'GetLogEvents':
        return getEvents(this.#logs, this.#group(input).name, this.#stream(input).name, input);
      default:
        throw new AwsError(
          'UnknownOperationException',
          `The local cloud does not run cloudwatchlogs:${operation}.`,
          501,
        );
    }
  }

  async stop(): Promise<void> {
    await this.#logs.flush();
  }

  #createGroup(input: AwsShape): Promise<AwsShape> {
    const name = groupName(input);
    if (this.#logs.group(name)) throw alreadyExists('log group');
    return this.#change(() => this.#logs.addGroup(name, this.parts.clock.now()));
  }

  #createStream(input: AwsShape): Promise<AwsShape> {
    const group = this.#group(input);
    const name = streamName(input);
    if (this.#logs.stream(group.name, name)) throw alreadyExists('log stream');
    return this.#change(() => this.#logs.addStream(group.name, name, this.parts.clock.now()));
  }

  #describeGroups(input: AwsShape): AwsShape {
    const matching = this.#logs
      .groups(input.logGroupNamePrefix)
      .filter(({ name }) => name.includes(input.logGroupNamePattern ?? ''));
    const { page, nextToken } = pageOf(matching, input);
    return { logGroups: page.map((group) => this.#groupShape(group)), ...(nextToken && { nextToken }) };
  }

  #groupShape({ name, created, retentionDays: retentionInDays }: LogGroup): AwsShape {
    const { region, accountId } = this.parts.identity;
    const arn = `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
    return {
      logGroupName: name,
      creationTime: created,
      ...(retentionInDays !== null && { retentionInDays }),
      metricFilterCount: 0,
      arn: `${arn}:*`,
      logGroupArn: arn,
      logGroupClass: 'STANDARD',
    };
  }

  #describeStreams(input: AwsShape): AwsShape {
    const group = this.#group(input);
    const streams = this.#logs
      .streams(group.name)
      .filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''));
    if (input.orderBy === 'LastEventTime') streams.sort((a, b) => (a.lastEvent ?? 0) - (b.lastEvent ?? 0));
    if (input.descending) streams.reverse();
    const { page, nextToken } = pageOf(streams, input);
    const { arn } = this.#groupShape(group);
    const logStreams = page.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.created,
      ...(stream.firstEvent !== null && { firstEventTimestamp: stream.firstEvent }),
      ...(stream.lastEvent !== null && { lastEventTimestamp: stream.lastEvent }),
      ...(stream.lastIngestion !== null && { lastIngestionTime: stream.lastIngestion }),
      arn: arn.replace(/\*$/, `log-stream:${stream.name}`),
      storedBytes: 0,
    }));
    return { logStreams, ...(nextToken && { nextToken }) };
  }

  async #put(input: AwsShape, caller: Caller): Promise<AwsShape> {
    const group = this.#group(input);
    const stream = this.#stream(input);
    const events = inputEvents(input);
    const now = this.parts.clock.now();
    const oldest = now - Math.min(OLDEST_MS, (group.retentionDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
    const accepted = events.filter(({ timestamp }) => timestamp >= oldest && timestamp <= now + NEWEST_MS);
    this.#logs.append(stream, accepted, now);
    this.#expireDaily(now);
    for (const { message } of accepted) this.#publishMetrics(message);
    if (caller.via !== 'lambda') await this.#logs.flush();
    const tooOld = events.filter(({ timestamp }) => timestamp < oldest).length;
    const tooNew = events.findIndex(({ timestamp }) => timestamp > now + NEWEST_MS);
    return {
      ...(accepted.length < events.length && {
        rejectedLogEventsInfo: {
          ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
          ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
        },
      }),
    };
  }

  /** What a line says of metrics becomes metrics; one that CloudWatch refuses is passed over, as on AWS. */
  #publishMetrics(message: string): void {
    if (!this.parts.aws.get('cloudwatch')) return;
    for (const batch of embeddedMetrics(message)) {
      if (batch.MetricData.length === 0) continue;
      this.parts.aws.call('cloudwatch', 'PutMetricData', batch, { via: 'logs' }).catch((error) => {
        if (!(error instanceof AwsError)) process.emitWarning(`A metric in a log line was lost: ${error}`);
      });
    }
  }

  /** Expired events go when new ones come, once a day: nothing wakes the clock for them. */
  #expireDaily(now: number): void {
    const today = Math.floor(now / DAY_MS);
    if (today === this.#expiredOn) return;
    this.#expiredOn = today;
    this.#logs.expire(now);
  }

  async #change(change: () => void): Promise<AwsShape> {
    change();
    await this.parts.store.durable();
    return {};
  }

  #group(input: AwsShape): LogGroup {
    const found = this.#logs.group(groupName(input));
    if (!found) throw notFound('log group');
    return found;
  }

  #stream(input: AwsShape): LogStreamName {
    const found = this.#logs.stream(this.#group(input).name, streamName(input));
    if (!found) throw notFound('log stream');
    return found;
  }
}

function pageOf<T>(items: readonly T[], input: AwsShape): { page: T[]; nextToken?: string } {
  const size = limit(input.limit, 50);
  const from = input.nextToken === undefined ? 0 : Number(input.nextToken);
  if (!Number.isInteger(from)) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  const page = items.slice(from, from + size);
  return { page, ...(from + size < items.length && { nextToken: String(from + size) }) };
}

function alreadyExists(kind: string): AwsError {
  return new AwsError('ResourceAlreadyExistsException', `The specified ${kind} already exists`);
}

function notFound(kind: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified ${kind} does not exist.`);
}
