import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { writeEndpoints } from '../../local/cli/endpoints-file';

/** What stands where the local cloud would: it lists one state machine, and keeps what an execution is started with. */
test('run --input - waits for whoever writes, until the end', async () => {
  const asked: Array<{ operation: string; body: Record<string, string> }> = [];
  const data = mkdtempSync(join(tmpdir(), 'stepwright-e2e-'));
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] as string;
    asked.push({ operation, body: (await json(request)) as Record<string, string> });
    const stateMachines = [{ name: 'Slow', stateMachineArn: 'arn:slow', type: 'STANDARD' }];
    const answers: Record<string, object> = {
      ListStateMachines: { stateMachines },
      StartExecution: { executionArn: 'arn:one' },
    };
    response.setHeader('connection', 'close').end(JSON.stringify(answers[operation]), () => {
      if (operation === 'ListStateMachines') child.stdin.write('{"name":', () => child.stdin.end('"Ada"}'));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const aws = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeEndpoints(data, {
    aws,
    console: aws,
    mail: `${aws}/mail`,
    apis: {},
    outputs: {},
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret', region: 'us-east-1' },
    control: { url: `${aws}/control`, token: 'token' },
    pid: process.pid,
  });
  const launcher = resolve('bin/stepwright.mjs');
  const child = spawn(process.execPath, [launcher, 'run', 'slow', '--input', '-', '--data', data]);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  server.close();
  rmSync(data, { recursive: true });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(asked.at(-1)).toEqual({
    operation: 'StartExecution',
    body: { stateMachineArn: 'arn:slow', input: '{"name":"Ada"}' },
  });
}, 60_000);
