import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import { synthesize, temporaryDirectory } from './synthesize';

const via = { via: 'test' };

/** A stack whose machine starts another by an ARN that is written out at synth. */
function caller(app: App, name: string, env: { account?: string; region?: string }): void {
  const stack = new Stack(app, name, { env });
  const pass = { StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } };
  new sfn.StateMachine(stack, 'Called', {
    stateMachineName: `${name}-called`,
    definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(pass)),
  });
  const call = {
    StartAt: 'Call',
    States: {
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Parameters: {
          StateMachineArn: `arn:aws:states:${stack.region}:${stack.account}:stateMachine:${name}-called`,
        },
        End: true,
      },
    },
  };
  const machine = new sfn.StateMachine(stack, 'Caller', {
    definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(call)),
  });
  new CfnOutput(stack, 'Arn', { value: machine.stateMachineArn });
}

async function outcome(cloud: Cloud, stack: string): Promise<string> {
  const stateMachineArn = cloud.outputs[stack]?.Arn;
  const { executionArn } = await cloud.aws.call('sfn', 'StartExecution', { stateMachineArn }, via);
  await cloud.work.idle();
  return (await cloud.aws.call('sfn', 'DescribeExecution', { executionArn }, via)).status;
}

const IRELAND = { account: '111122223333', region: 'eu-west-1' };
const LONDON = { account: '111122223333', region: 'eu-west-2' };
const app = (envs: Record<string, { account?: string; region?: string }>) =>
  synthesize((root) => {
    for (const [name, env] of Object.entries(envs)) caller(root, name, env);
  });

test('the local cloud plays the account and region that the stacks name', async () => {
  const dataDir = temporaryDirectory();
  const first = await Cloud.boot({ assemblyDir: app({ A: IRELAND }), dataDir, clock: { scale: 0 } });
  try {
    expect(first.endpoints.credentials.region).toBe('eu-west-1');
    expect(first.outputs.A?.Arn).toMatch(/^arn:aws:states:eu-west-1:111122223333:stateMachine:/);
    expect(first.report.notes).toEqual([]);
    expect(await outcome(first, 'A')).toBe('SUCCEEDED');
  } finally {
    await first.stop();
  }

  // Its ARNs are in the data: it stays where it was.
  const moved = await Cloud.boot({ assemblyDir: app({ A: LONDON }), dataDir, clock: { scale: 0 } });
  try {
    expect(moved.endpoints.credentials.region).toBe('eu-west-1');
    expect(moved.report.notes).toEqual([
      'The environment 111122223333, eu-west-2 of A: it runs in 111122223333, eu-west-1, ' +
        'and ARNs that are written out for its own lead nowhere.',
    ]);
  } finally {
    await moved.stop();
  }
});

test('of environments that differ, only what they share is taken, and the rest is told', async () => {
  const cloud = await Cloud.boot({ assemblyDir: app({ A: IRELAND, B: LONDON, C: { account: '111122223333' } }) });
  try {
    expect(cloud.parts.identity).toMatchObject({ accountId: '111122223333', region: 'us-east-1' });
    expect(cloud.report.notes.map((note) => note.split(':')[0])).toEqual([
      'The environment 111122223333, eu-west-1 of A',
      'The environment 111122223333, eu-west-2 of B',
    ]);
  } finally {
    await cloud.stop();
  }
});
