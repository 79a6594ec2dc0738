/**
 * The yardstick: the least that answers the calls of the benchmark, one HTTP server around an interpreter that keeps
 * nothing, records nothing and checks nothing. What it does in a second bounds what any engine behind Node's HTTP server
 * can do on this machine, driven by this driver; a figure of Stepwright means something as a share of it.
 *
 *   node --import tsx bench/speed/yardstick.ts      prints its URL
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// biome-ignore lint/suspicious/noExplicitAny: states and data as they come; nothing is checked here.
type Any = any;

interface Task {
  readonly token: string;
  readonly input: string;
  answer(output: Any): void;
}

class Desk {
  readonly tasks: Task[] = [];
  readonly workers: Array<(task: Task) => void> = [];

  offer(task: Task): void {
    const worker = this.workers.shift();
    if (worker) worker(task);
    else this.tasks.push(task);
  }

  take(): Promise<Task> {
    const task = this.tasks.shift();
    return task ? Promise.resolve(task) : new Promise((resolve) => this.workers.push(resolve));
  }
}

const machines = new Map<string, Any>();
const executions = new Map<string, Any>();
const desks = new Map<string, Desk>();
const tasks = new Map<string, Task>();

const at = (path: string, data: Any): Any =>
  path
    .split(/[$.[\]]+/)
    .filter(Boolean)
    .reduce((value, name) => value?.[name], data);

function filled(template: Any, data: Any): Any {
  const values = Object.entries(template).map(([name, value]) =>
    name.endsWith('.$') ? [name.slice(0, -2), at(value as string, data)] : [name, value],
  );
  return Object.fromEntries(values);
}

async function work(state: Any, data: Any): Promise<Any> {
  switch (state.Type) {
    case 'Pass': {
      const result = state.Result ?? (state.Parameters ? filled(state.Parameters, data) : data);
      return state.ResultPath ? { ...data, [state.ResultPath.slice(2)]: result } : result;
    }
    case 'Parallel':
      return Promise.all(state.Branches.map((branch: Any) => run(branch, data)));
    case 'Map':
      return Promise.all(at(state.ItemsPath, data).map((item: Any) => run(state.ItemProcessor, item)));
    case 'Wait':
      return new Promise((resolve) => setTimeout(() => resolve(data), state.Seconds * 1000).unref());
    case 'Task':
      return new Promise((answer) => {
        const task = { token: randomUUID(), input: JSON.stringify(data), answer };
        tasks.set(task.token, task);
        desks.get(state.Resource)?.offer(task);
      });
    default:
      return data;
  }
}

async function run(machine: Any, input: Any): Promise<Any> {
  let data = input;
  for (let name = machine.StartAt; name !== undefined; ) {
    const state = machine.States[name];
    data = await work(state, data);
    const rule = state.Choices?.find(({ Variable, NumericEquals }: Any) => at(Variable, data) === NumericEquals);
    name = rule?.Next ?? state.Default ?? state.Next;
  }
  return data;
}

const operations: Record<string, (input: Any) => Any> = {
  CreateStateMachine({ name, definition }) {
    machines.set(`arn:machine:${name}`, JSON.parse(definition));
    return { stateMachineArn: `arn:machine:${name}` };
  },
  CreateActivity({ name }) {
    desks.set(`arn:activity:${name}`, new Desk());
    return { activityArn: `arn:activity:${name}` };
  },
  StartExecution({ stateMachineArn, name, input }) {
    const execution: Any = { executionArn: `${stateMachineArn}:${name}`, name, input, status: 'RUNNING' };
    executions.set(execution.executionArn, execution);
    void run(machines.get(stateMachineArn), JSON.parse(input)).then((output) => {
      execution.output = JSON.stringify(output);
      execution.status = 'SUCCEEDED';
    });
    return { executionArn: execution.executionArn, startDate: Date.now() / 1000 };
  },
  DescribeExecution: ({ executionArn }) => executions.get(executionArn),
  async GetActivityTask({ activityArn }) {
    const { token, input } = await (desks.get(activityArn) as Desk).take();
    return { taskToken: token, input };
  },
  SendTaskSuccess({ taskToken, output }) {
    tasks.get(taskToken)?.answer(JSON.parse(output));
    tasks.delete(taskToken);
    return {};
  },
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] as string;
    const text = JSON.stringify(await operations[operation]?.(JSON.parse(Buffer.concat(chunks).toString())));
    response.writeHead(200, { 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
