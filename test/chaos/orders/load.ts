import { setTimeout as delay } from 'node:timers/promises';
import { Stuck } from '../patience';
import type { Trial } from '../trial';
import { type Answer, Answered, SfnClient } from '../wire';
import type { Ledger } from './ledger';
import { ITEMS, orderMachine } from './machine';

/** How much is done at once, and of what. */
const CALLERS = 12;
const WORKERS = 4;

/**
 * Owns the load on a Step Functions endpoint that may die at any moment: it starts orders, answers their tokens, works
 * for their activity, stops some, and writes into the ledger what was acknowledged. `drive` returns when the endpoint
 * is dead or `until` resolves. An answer that it does not expect is a breach.
 */
export class OrderLoad {
  readonly #tokens = new Map<string, string>();
  readonly #offers: Array<{ token: string; name: string }> = [];
  #next = 0;
  machineArn = '';
  activityArn = '';
  /** No new orders: bring what is under way to its end. */
  draining = false;

  constructor(
    private readonly trial: Trial,
    private readonly ledger: Ledger,
    /** Executions under way at which no more are started. */
    private readonly mostRunning = 400,
  ) {}

  /** Opens the Lambda that tasks call; answers the environment for each life of the server. */
  async open(): Promise<(life: number) => Record<string, string>> {
    const { url } = await this.trial.lambda((name, { order = '', token }, prefix) => {
      const life = Number(prefix.slice('life'.length));
      if (name === 'charge') {
        this.ledger.charge(order, life);
        return { receipt: `R-${order}` };
      }
      if (token !== undefined) {
        this.ledger.ask(order, token, life);
        this.#tokens.set(token, order);
      }
      return {};
    });
    return (life) => ({ LAMBDA_ENDPOINT: `${url}/life${life}` });
  }

  async create(client: SfnClient): Promise<void> {
    ({ activityArn: this.activityArn } = await client.call('CreateActivity', { name: 'inspection' }));
    const definition = JSON.stringify(orderMachine(this.activityArn));
    const roleArn = 'arn:aws:iam::123456789012:role/orders';
    ({ stateMachineArn: this.machineArn } = await client.call('CreateStateMachine', {
      name: 'orders',
      definition,
      roleArn,
    }));
  }

  arnOf(name: string): string {
    return `${this.machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  /**
   * Works until the server does not answer any more, or `until` settles.
   * @param mayAnswer an error that this life of the server may answer with
   */
  async drive(url: string, until: Promise<unknown>, mayAnswer?: string): Promise<void> {
    const client = new SfnClient(url);
    let over = false;
    const end = () => {
      over = true;
      client.close();
    };
    void until.then(end, end);
    const loop = async (turn: (client: SfnClient) => Promise<void>) => {
      while (!over) {
        try {
          await turn(client);
        } catch (error) {
          const isAnswer = error instanceof Answered;
          if ((isAnswer && error.code !== mayAnswer) || error instanceof Stuck) this.trial.met(error);
          // No answer means that the process is dead.
          if (!isAnswer) over = true;
          else await delay(50);
        }
      }
    };
    const turn = (one: SfnClient) => this.#turn(one);
    const work = (one: SfnClient) => this.#work(one);
    await Promise.all([
      ...Array.from({ length: CALLERS }, () => loop(turn)),
      ...Array.from({ length: WORKERS }, () => loop(work)),
    ]);
    client.close();
  }

  async #turn(client: SfnClient): Promise<void> {
    const dice = this.trial.random();
    if (dice < 0.02) return this.#tag(client);
    if (dice < 0.04 && !this.draining) return this.#stop(client);
    const [token] = this.#tokens.keys();
    const { started, stopped, inspected, unanswered } = this.ledger;
    const running = started.size - stopped.size - inspected.size;
    if (token !== undefined && (dice < 0.5 || running >= this.mostRunning || this.draining)) {
      return this.#approve(client, token);
    }
    const [again] = unanswered;
    if (again !== undefined) return this.#start(client, again);
    if (!this.draining && running < this.mostRunning) return this.#start(client, `order-${this.#next++}`);
    await delay(5);
  }

  async #start(client: SfnClient, name: string): Promise<void> {
    this.ledger.unanswered.delete(name);
    const input = JSON.stringify({ order: name, items: ITEMS });
    try {
      const { startDate } = await client.call('StartExecution', { stateMachineArn: this.machineArn, name, input });
      this.ledger.started.set(name, startDate * 1000);
      this.ledger.note('started', name, startDate);
    } catch (error) {
      // It was recorded when the process died, and has ended since.
      if (error instanceof Answered && error.code === 'ExecutionAlreadyExists') return;
      if (!isRefusal(error)) this.ledger.unanswered.add(name);
      throw error;
    }
  }

  async #approve(client: SfnClient, token: string): Promise<void> {
    const name = this.#tokens.get(token) as string;
    this.#tokens.delete(token);
    const decision = `yes-${Math.floor(this.trial.random() * 1e9)}`;
    try {
      await client.call('SendTaskSuccess', { taskToken: token, output: JSON.stringify(decision) });
      this.ledger.approved.set(name, decision);
      this.ledger.note('approved', name, decision);
    } catch (error) {
      if (isLate(error)) return;
      if (!isRefusal(error)) this.#tokens.set(token, name);
      throw error;
    }
  }

  async #stop(client: SfnClient): Promise<void> {
    const names = [...this.ledger.started.keys()].slice(-50);
    const name = names[Math.floor(this.trial.random() * names.length)];
    if (name === undefined || this.ledger.perhapsStopped.has(name)) return;
    this.ledger.perhapsStopped.add(name);
    const cause = `stopped ${name}`;
    const { stopDate } = await client.call('StopExecution', { executionArn: this.arnOf(name), cause });
    this.ledger.stopped.set(name, { date: stopDate * 1000, cause });
    this.ledger.note('stopped', name, stopDate);
  }

  async #tag(client: SfnClient): Promise<void> {
    const { tag } = this.ledger;
    const version = ++tag.sent;
    const tags = [{ key: `v${version % 3}`, value: String(version) }];
    await client.call('TagResource', { resourceArn: this.machineArn, tags });
    tag.acknowledged = Math.max(tag.acknowledged, version);
    this.ledger.note('tagged', 'orders', version);
  }

  async #work(client: SfnClient): Promise<void> {
    if (this.#offers.length === 0) {
      const task = await client.call('GetActivityTask', { activityArn: this.activityArn, workerName: 'chaos' });
      if (task.taskToken === undefined) return;
      const name = (JSON.parse(task.input) as Answer).order as string;
      this.ledger.taken.set(name, (this.ledger.taken.get(name) ?? 0) + 1);
      this.ledger.note('taken', name);
      this.#offers.push({ token: task.taskToken, name });
    }
    const offer = this.#offers.shift();
    if (!offer) return;
    const { token, name } = offer;
    const finding = `fine-${Math.floor(this.trial.random() * 1e9)}`;
    try {
      if (this.trial.random() < 0.2) {
        await client.call('SendTaskHeartbeat', { taskToken: token });
        this.ledger.note('heartbeat', name);
      }
      await client.call('SendTaskSuccess', { taskToken: token, output: JSON.stringify(finding) });
      this.ledger.inspected.set(name, finding);
      this.ledger.note('inspected', name, finding);
    } catch (error) {
      if (isLate(error)) return;
      if (!isRefusal(error)) this.#offers.push(offer);
      throw error;
    }
  }
}

/** To ask again would change nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof Answered && error.status < 500;
}

function isLate(error: unknown): boolean {
  return error instanceof Answered && error.code === 'TaskTimedOut';
}
