import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../command/leftovers';
import { Endpoint } from './client';
import { execute, median, quantile } from './measure';
import { Server } from './process';

export interface CloudFigures {
  /** `stepwright start` on a cloud assembly that is there: from the spawn until it says that it is ready. */
  readonly readyMs: number;
  readonly memoryMib: number;
  /** From StartExecution until the end of an execution that calls a warm function is seen; in the first calls of the local cloud. */
  readonly lambdaFirstP50Ms: number;
  /** The same once the local cloud is warm, too. */
  readonly lambdaP50Ms: number;
  readonly lambdaP99Ms: number;
}

const CALLS = 200;
/** Until V8 has compiled what runs for a call. */
const CALLS_BEFORE = 2000;

/** A cloud assembly of one function and a state machine that calls it. */
function writeAssembly(directory: string): void {
  const machine = {
    StartAt: 'Add',
    States: { Add: { Type: 'Task', Resource: '${Function}', End: true } },
  };
  const Resources = {
    Add: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'bench-add',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::123456789012:role/bench',
        Code: { ZipFile: 'exports.handler = async ({ n }) => ({ n: n + 1 });' },
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'bench-add',
        RoleArn: 'arn:aws:iam::123456789012:role/bench',
        DefinitionString: JSON.stringify(machine),
        DefinitionSubstitutions: { Function: { 'Fn::GetAtt': ['Add', 'Arn'] } },
      },
    },
  };
  const properties = { templateFile: 'Bench.template.json' };
  const artifacts = { Bench: { type: 'aws:cloudformation:stack', properties } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  writeFileSync(join(directory, 'Bench.template.json'), JSON.stringify({ Resources }));
}

/** @param launcher the arguments for node that run the command */
export async function measureLocalCloud(launcher: readonly string[]): Promise<CloudFigures> {
  const { path: directory, remove } = temporaryDirectory('bench');
  try {
    writeAssembly(directory);
    const data = join(directory, 'data');
    const args = [...launcher, 'start', '--assembly', directory, '--data', data, '--port', '0', '--aws-port', '0'];
    const ready: number[] = [];
    const memory: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const server = await Server.start(args, /Ready after/, directory);
      ready.push(server.readyMs);
      memory.push(server.memory / 1024 / 1024);
      await server.stop();
    }
    const server = await Server.start(args, /Ready after/, directory);
    const { aws, credentials } = JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8'));
    const endpoint = new Endpoint(aws, credentials);
    const { stateMachines } = await endpoint.call('ListStateMachines', {});
    const times: number[] = [];
    for (let n = 0; n < CALLS_BEFORE + CALLS; n += 1) {
      const began = performance.now();
      const output = await execute(endpoint, stateMachines[0].stateMachineArn, JSON.stringify({ n }));
      if (output.n !== n + 1) throw new Error(`The function answered ${JSON.stringify(output)} to ${n}.`);
      times.push(performance.now() - began);
    }
    endpoint.close();
    await server.stop();
    const warm = times.slice(CALLS_BEFORE);
    return {
      readyMs: median(ready),
      memoryMib: median(memory),
      lambdaFirstP50Ms: quantile(times.slice(10, CALLS), 0.5),
      lambdaP50Ms: quantile(warm, 0.5),
      lambdaP99Ms: quantile(warm, 0.99),
    };
  } finally {
    await remove();
  }
}
