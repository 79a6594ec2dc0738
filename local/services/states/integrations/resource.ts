/**
 * Owns how a Task's `Resource` is read (docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html).
 *
 * 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', 'arn:aws:states:::aws-sdk:s3:putObject',
 * 'arn:aws:lambda:us-east-1:123456789012:function:name[:qualifier]'.
 */
export type TaskResource =
  | { kind: 'function'; arn: string }
  | { kind: 'optimized' | 'aws-sdk'; service: string; action: string; pattern: Pattern }
  | { kind: 'unknown' };

export type Pattern = 'requestResponse' | 'sync' | 'sync:2' | 'waitForTaskToken';

export function parseResource(resource: string): TaskResource {
  if (/^arn:[^:]+:lambda:[^:]+:[^:]+:function:/.test(resource)) return { kind: 'function', arn: resource };
  const match =
    /^arn:[^:]+:states:[^:]*:[^:]*:(aws-sdk:)?([^:]+):([A-Za-z0-9]+)(?:\.(sync|sync:2|waitForTaskToken))?$/.exec(
      resource,
    );
  if (!match) return { kind: 'unknown' };
  const [, sdk, service = '', action = '', pattern = 'requestResponse'] = match;
  return { kind: sdk ? 'aws-sdk' : 'optimized', service, action, pattern: pattern as Pattern };
}
