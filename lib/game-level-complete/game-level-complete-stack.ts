import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { WatchedQueue } from '../shared/watched-queue';
import { Workflow } from '../workflow/workflow';
import { WorkflowFunction } from '../workflow/workflow-function';
import { GameRepair } from './game-repair';
import { GameStore } from './game-store';
import { PlayerApi } from './player-api';

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
    const store = new GameStore(this, 'Store', { config });
    const deadLetters = new WatchedQueue(this, 'DeadLetters', {
      config,
      operations,
      holds: 'level events that were rejected, failed or could not be delivered',
    });
    const repair = new GameRepair(this, 'Repairs', { config, operations, store });

    const creditPlayer = new WorkflowFunction(this, 'CreditPlayer', {
      config,
      handler: 'game-level-complete/credit-player',
      description: 'Records a completion, the progress of its player and the leaderboard in one transaction',
      timeout: Duration.seconds(8),
      environment: {
        COMPLETIONS_TABLE: store.completions.tableName,
        PLAYERS_TABLE: store.players.tableName,
        LEADERBOARD_TABLE: store.leaderboard.tableName,
      },
    });
    store.completions.grant(creditPlayer, 'dynamodb:PutItem');
    store.players.grant(creditPlayer, 'dynamodb:GetItem', 'dynamodb:PutItem');
    store.leaderboard.grant(creditPlayer, 'dynamodb:GetItem', 'dynamodb:PutItem');

    const workflow = new Workflow(this, 'GameLevelComplete', {
      config,
      operations,
      definition: 'game-level-complete',
      type: StateMachineType[config.game.workflowType],
      substitutions: {
        ...store.substitutions,
        CreditPlayerFunctionArn: creditPlayer.functionArn,
        RepairQueueUrl: repair.queue.queueUrl,
        DeadLetterQueueUrl: deadLetters.queue.queueUrl,
      },
      invokes: [creditPlayer],
    });
    store.grantReportAndCount(workflow);
    repair.queue.grant(workflow, 'sqs:SendMessage');
    deadLetters.queue.grant(workflow, 'sqs:SendMessage');

    const api = new PlayerApi(this, 'Api', { config, store });
    new CfnOutput(this, 'GameUrl', { value: api.url, description: "Base URL of the game's API" });

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
