import type { AwsShape } from '../aws';
import type { Fleet } from './fleet';

/** A function as the service knows it. */
export interface Deployed {
  readonly arn: string;
  readonly fleet: Fleet;
  /** Invocations under way, over all deployments of the function. */
  readonly underWay: { count: number };
  /** Virtual ms since the epoch. */
  readonly modifiedAt: number;
}

/** `FunctionConfiguration`: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export function functionConfiguration({ arn, fleet: { spec }, modifiedAt }: Deployed): AwsShape {
  return {
    FunctionName: spec.name,
    FunctionArn: arn,
    Runtime: spec.runtime,
    Role: spec.roleArn,
    Handler: spec.handler,
    Timeout: spec.timeoutSeconds,
    MemorySize: spec.memoryMb,
    LastModified: new Date(modifiedAt).toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    Environment: { Variables: spec.environment },
    ...(spec.layers?.length && {
      Layers: spec.layers.map(({ arn, size }) => ({ Arn: arn, ...(size !== undefined && { CodeSize: size }) })),
    }),
    PackageType: 'Zip',
    Architectures: [spec.architecture ?? 'x86_64'],
    State: 'Active',
    LastUpdateStatus: 'Successful',
    LoggingConfig: { LogFormat: 'Text', LogGroup: spec.logGroup },
  };
}
