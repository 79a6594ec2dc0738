import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  type CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Annotations, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { definitionsDirectory, readDefinition } from './definition';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html: in JSONata, these times may be expressions. */
const TIME_FROM_EXPRESSION = /"(Timeout|Heartbeat)Seconds"\s*:\s*"\{%/;

export interface WorkflowProps<Placeholder extends string> {
  readonly config: StageConfig;
  /** The definition is `statemachines/<definition>.asl.json`. */
  readonly definition: string;
  /** What stands for each `${Placeholder}` of the definition: all of them, and nothing else. */
  readonly substitutions: Readonly<Record<Placeholder, string>>;
  /** The functions that the definition invokes. Everything else it does is granted by the stack, one by one. */
  readonly invokes: readonly IFunction[];
  /** Where the alarms are told. */
  readonly operations: ITopic;
  /** @default StateMachineType.STANDARD */
  readonly type?: StateMachineType;
  /** @default the app's `statemachines` folder */
  readonly directory?: string;
}

/**
 * A state machine made from its definition file: with a role of its own that may do only what is granted here and by
 * the stack, with logs, traces and alarms.
 *
 * The definition is emitted as it stands in the file, line by line, so that `cdk diff` shows what changes. Its logs
 * leave out inputs and outputs: those hold task tokens.
 */
export class Workflow<Placeholder extends string = string> extends Construct implements IGrantable {
  readonly stateMachine: StateMachine;
  readonly grantPrincipal;
  readonly #name: string;

  constructor(scope: Construct, id: string, props: WorkflowProps<Placeholder>) {
    super(scope, id);
    const type = props.type ?? StateMachineType.STANDARD;
    // Another type is another state machine, and one name cannot be of both while CloudFormation replaces it.
    this.#name = `Stepwright${id}-${props.config.stage}${type === StateMachineType.EXPRESS ? '-express' : ''}`;
    const { text, warnings } = readDefinition({
      name: props.definition,
      directory: props.directory ?? definitionsDirectory,
      type: type === StateMachineType.EXPRESS ? 'EXPRESS' : 'STANDARD',
      placeholders: Object.keys(props.substitutions),
    });
    for (const [i, warning] of warnings.entries()) {
      Annotations.of(this).addWarningV2(`stepwright:${props.definition}:${i}`, warning);
    }
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: this.#name,
      stateMachineType: type,
      definitionBody: DefinitionBody.fromString(text),
      definitionSubstitutions: props.substitutions,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ERROR,
        includeExecutionData: false,
        destination: new LogGroup(this, 'Logs', {
          // CloudWatch wants this prefix, or the account's resource policy outgrows its limit.
          logGroupName: `/aws/vendedlogs/states/Stepwright${id}-${props.config.stage}`,
          retention: props.config.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    if (TIME_FROM_EXPRESSION.test(text)) {
      // cfn-lint wants a number there; AWS takes an expression, and the definition was checked by its rules above.
      (this.stateMachine.node.defaultChild as CfnStateMachine).addMetadata('cfn-lint', {
        config: { ignore_checks: ['E3601'] },
      });
    }
    this.grantPrincipal = this.stateMachine.grantPrincipal;
    for (const invoked of props.invokes) invoked.grantInvoke(this.stateMachine);
    this.#alarm(id, props, 'Failed', this.stateMachine.metricFailed(), 'executions ended in a failure');
    this.#alarm(id, props, 'TimedOut', this.stateMachine.metricTimedOut(), 'executions ran out of their time');
    this.#alarm(id, props, 'Throttled', this.stateMachine.metricThrottled(), 'transitions were throttled');
  }

  /** Lets the workflow start executions of itself; by its name, since its role must exist before it. */
  grantStartItself(): void {
    const stack = Stack.of(this);
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [
          stack.formatArn({
            service: 'states',
            resource: 'stateMachine',
            resourceName: this.#name,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    );
  }

  /**
   * Lets a function answer this workflow's waiting tasks. A policy of its own, not the role's default one: a function
   * that the definition invokes would otherwise have to exist before the state machine, and after it.
   *
   * @param answers which it gives (both)
   */
  grantAnswerTasks(answerer: IFunction, answers: readonly ('Success' | 'Failure')[] = ['Success', 'Failure']): void {
    if (!answerer.role) throw new Error(`${answerer.node.path} has no role to grant to`);
    new Policy(this, `${answerer.node.id}AnswersTasks`, {
      roles: [answerer.role],
      statements: [
        new PolicyStatement({
          actions: answers.map((answer) => `states:SendTask${answer}`),
          resources: [this.stateMachine.stateMachineArn],
        }),
      ],
    });
  }

  #alarm(id: string, props: WorkflowProps<Placeholder>, what: string, metric: Metric, happened: string): void {
    const alarm = new Alarm(this, `${what}Alarm`, {
      alarmName: `Stepwright${id}-${props.config.stage}-${what}`,
      alarmDescription: `${Stack.of(this).stackName}: ${happened}.`,
      metric: metric.with({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(props.operations));
  }
}
