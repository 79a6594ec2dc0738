import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { WatchedQueue } from '../shared/watched-queue';
import { Workflow } from '../workflow/workflow';
import { WorkflowFunction } from '../workflow/workflow-function';

export interface GameLevelCompleteStackProps extends StackProps {
  readonly config: StageConfig;
  readonly bus: IEventBus;
  readonly operations: ITopic;
}

/** What happens when a player completes a level: started by the event `LevelCompleted` of the source `stepwright.game`. */
export class GameLevelCompleteStack extends Stack {
  constructor(scope: Construct, id: string, props: GameLevelCompleteStackProps) {
    super(scope, id, props);
    const { config, operations } = props;
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = { billingMode: BillingMode.PAY_PER_REQUEST, removalPolicy };

    const completions = new Table(this, 'Completions', {
      ...table,
      partitionKey: { name: 'completionId', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    const players = new Table(this, 'Players', {
      ...table,
      partitionKey: { name: 'playerId', type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const leaderboard = new Table(this, 'Leaderboard', {
      ...table,
      partitionKey: { name: 'level', type: AttributeType.NUMBER },
      sortKey: { name: 'playerId', type: AttributeType.STRING },
    });
    leaderboard.addGlobalSecondaryIndex({
      indexName: 'byScore',
      partitionKey: { name: 'level', type: AttributeType.NUMBER },
      sortKey: { name: 'bestScore', type: AttributeType.NUMBER },
      projectionType: ProjectionType.ALL,
    });
    const reports = new Bucket(this, 'Reports', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy,
    });
    const deadLetters = new WatchedQueue(this, 'DeadLetters', {
      config,
      operations,
      holds: 'level events that were rejected, failed or could not be delivered',
    });
    const repairs = new WatchedQueue(this, 'Repairs', {
      config,
      operations,
      holds: 'completions without report or metric',
    });

    const creditPlayer = new WorkflowFunction(this, 'CreditPlayer', {
      config,
      handler: 'game-level-complete/credit-player',
      description: 'Records a completion, the progress of its player and the leaderboard in one transaction',
      timeout: Duration.seconds(8),
      environment: {
        COMPLETIONS_TABLE: completions.tableName,
        PLAYERS_TABLE: players.tableName,
        LEADERBOARD_TABLE: leaderboard.tableName,
      },
    });
    completions.grant(creditPlayer, 'dynamodb:PutItem');
    players.grant(creditPlayer, 'dynamodb:GetItem', 'dynamodb:PutItem');
    leaderboard.grant(creditPlayer, 'dynamodb:GetItem', 'dynamodb:PutItem');
    const countCompletion = new WorkflowFunction(this, 'CountCompletion', {
      config,
      handler: 'game-level-complete/count-completion',
      description: 'Counts a completion once, in a metric written as a line of its log',
      timeout: Duration.seconds(8),
      environment: { COMPLETIONS_TABLE: completions.tableName },
    });
    completions.grant(countCompletion, 'dynamodb:PutItem');

    const workflow = new Workflow(this, 'GameLevelComplete', {
      config,
      operations,
      definition: 'game-level-complete',
      substitutions: {
        CreditPlayerFunctionArn: creditPlayer.functionArn,
        CountCompletionFunctionArn: countCompletion.functionArn,
        ReportBucketName: reports.bucketName,
        RepairQueueUrl: repairs.queue.queueUrl,
        DeadLetterQueueUrl: deadLetters.queue.queueUrl,
      },
      invokes: [creditPlayer, countCompletion],
    });
    workflow.stateMachine.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [reports.arnForObjects('reports/*')] }),
    );
    repairs.queue.grant(workflow, 'sqs:SendMessage');
    deadLetters.queue.grant(workflow, 'sqs:SendMessage');

    new Rule(this, 'LevelCompleted', {
      eventBus: props.bus,
      description: 'A player completed a level',
      eventPattern: { source: ['stepwright.game'], detailType: ['LevelCompleted'] },
      targets: [
        new SfnStateMachine(workflow.stateMachine, {
          deadLetterQueue: deadLetters.queue,
          maxEventAge: Duration.hours(2),
          retryAttempts: 10,
        }),
      ],
    });
  }
}
