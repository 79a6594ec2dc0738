import type { App } from 'aws-cdk-lib/core';
import type { StageConfig } from './config';
import { GameLevelCompleteStack } from './game-level-complete/game-level-complete-stack';
import { HelloWorldRetriesStack } from './hello-world-retries/hello-world-retries-stack';
import { LibraryLoanStack } from './library-loan/library-loan-stack';
import { SharedStack } from './shared/shared-stack';

/** All stacks of one stage: one per workflow, and what they share. */
export function stepwright(app: App, config: StageConfig): void {
  const named = (name: string) => ({
    config,
    stackName: `Stepwright${name}-${config.stage}`,
    tags: { app: 'stepwright', stage: config.stage },
  });
  const { bus, operations } = new SharedStack(app, 'StepwrightShared', {
    ...named('Shared'),
    description: 'Stepwright: the event bus and the operations topic that all workflows share',
  });
  new HelloWorldRetriesStack(app, 'StepwrightHelloWorldRetries', {
    ...named('HelloWorldRetries'),
    description: 'Stepwright: the smallest workflow with two retry strategies',
    operations,
  });
  new GameLevelCompleteStack(app, 'StepwrightGameLevelComplete', {
    ...named('GameLevelComplete'),
    description: 'Stepwright: what happens when a player completes a level',
    bus,
    operations,
  });
  new LibraryLoanStack(app, 'StepwrightLibraryLoan', {
    ...named('LibraryLoan'),
    description: 'Stepwright: a library loan from check-out to return',
    operations,
  });
}
