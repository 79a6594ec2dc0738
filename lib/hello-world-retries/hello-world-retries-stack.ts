import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { Workflow } from '../workflow/workflow';
import { WorkflowFunction } from '../workflow/workflow-function';

export interface HelloWorldRetriesStackProps extends StackProps {
  readonly config: StageConfig;
  readonly operations: ITopic;
}

/** The smallest workflow: one function, two retriers, one catcher. Read this stack first. */
export class HelloWorldRetriesStack extends Stack {
  constructor(scope: Construct, id: string, props: HelloWorldRetriesStackProps) {
    super(scope, id, props);
    const { config, operations } = props;
    const greet = new WorkflowFunction(this, 'Greet', {
      config,
      handler: 'hello-world-retries/greet',
      description: 'Greets somebody, or fails as its input asks',
      timeout: Duration.seconds(5),
      memoryMb: 128,
    });
    const workflow = new Workflow(this, 'HelloWorldRetries', {
      config,
      operations,
      definition: 'hello-world-retries',
      substitutions: { GreetFunctionArn: greet.functionArn, OperationsTopicArn: operations.topicArn },
      invokes: [greet],
    });
    operations.grantPublish(workflow);
  }
}
