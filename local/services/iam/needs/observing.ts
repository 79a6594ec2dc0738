import type { AwsShape } from '../../aws';
import { arnOf, each, type NeedsOfService, type Place, textOf } from './need';

/** CloudWatch and its Logs (…/list_amazoncloudwatch.html, …/list_amazoncloudwatchlogs.html). */
export const CLOUDWATCH_NEEDS: NeedsOfService = {
  PutMetricData: ({ Namespace }) => [
    { action: 'cloudwatch:PutMetricData', resource: '*', keys: { 'cloudwatch:namespace': Namespace } },
  ],
  ...each(
    ['GetMetricData', 'GetMetricStatistics', 'ListMetrics'],
    (action) => [{ action, resource: '*' }],
    'cloudwatch',
  ),
};

/** Policies name a group with ':*' behind it, or without. */
const onGroup = (action: string, { logGroupName, logGroupIdentifier }: AwsShape, place: Place) => {
  const name = textOf(logGroupName ?? logGroupIdentifier).replace(/^arn:.*:log-group:/, '');
  const group = arnOf(place, 'logs', `log-group:${name}`);
  return [{ action, resource: `${group}:*`, or: [{ action, resource: group }] }];
};

const onStream = (action: string, { logGroupName, logStreamName }: AwsShape, place: Place) => {
  const group = arnOf(place, 'logs', `log-group:${textOf(logGroupName)}`);
  return [{ action, resource: `${group}:log-stream:${textOf(logStreamName)}` }];
};

export const LOGS_NEEDS: NeedsOfService = {
  ...each(['PutLogEvents', 'GetLogEvents', 'DeleteLogStream'], onStream, 'logs'),
  ...each(
    [
      'CreateLogGroup',
      'CreateLogStream',
      'DeleteLogGroup',
      'DescribeLogStreams',
      'FilterLogEvents',
      'PutRetentionPolicy',
      'DeleteRetentionPolicy',
    ],
    onGroup,
    'logs',
  ),
  DescribeLogGroups: (_, place) => [
    {
      action: 'logs:DescribeLogGroups',
      resource: arnOf(place, 'logs', 'log-group::log-stream:*'),
      or: [{ action: 'logs:DescribeLogGroups', resource: arnOf(place, 'logs', 'log-group:*') }],
    },
  ],
};
