import { join } from 'node:path';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { bundleHandler, handlersDirectory } from './bundle';

export interface WorkflowFunctionProps {
  readonly config: StageConfig;
  /** The handler's file below `lambda/`, without `.lambda.ts`: 'library-loan/send-mail'. */
  readonly handler: string;
  /** What it does, as the console shows it. */
  readonly description: string;
  /** What the handler asks for through `requireEnv`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long one call may take; the Task that calls it waits a little longer, so that the function's own error is seen. */
  readonly timeout: Duration;
  /** @default 256: a call waits for services most of its time, and 256 MB start the bundled SDK at half the time of 128 */
  readonly memoryMb?: number;
}

/** A Lambda of this app: one bundle with the SDK inside, so that it starts fast and runs unchanged on a laptop. */
export class WorkflowFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id, {
      code: bundle(props.handler),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMb ?? 256,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      logGroup: new LogGroup(scope, `${id}Logs`, {
        retention: props.config.logRetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}

/**
 * Bundles a handler in this process. `NodejsFunction` does the same by starting npx for each function, which takes most
 * of the time of a synth. Stacks that are not asked for are not bundled.
 */
function bundle(handler: string): Code {
  return Code.fromAsset(handlersDirectory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // No container ever runs: the command only tells this bundle from the others, which come from the same folder.
      image: DockerImage.fromRegistry('none'),
      command: [handler],
      local: {
        tryBundle(outputDirectory) {
          bundleHandler(handler, join(outputDirectory, 'index.js'));
          return true;
        },
      },
    },
  });
}
