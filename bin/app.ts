import { App } from 'aws-cdk-lib/core';
import { ConfigError, readConfig } from '../lib/config';
import { stepwright } from '../lib/stepwright';
import { DefinitionError } from '../lib/workflow/definition';

/** The CDK app: reads the stage's configuration and makes the stacks. What a person can mend is told without a stack trace. */
try {
  const app = new App();
  stepwright(
    app,
    readConfig((key) => app.node.tryGetContext(key)),
  );
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof DefinitionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
