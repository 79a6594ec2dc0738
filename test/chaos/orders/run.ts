import { setTimeout as delay } from 'node:timers/promises';
import { patience } from '../patience';
import type { PowerlessDisk } from '../power/disk';
import type { ProcessOptions, ServerProcess } from '../process';
import type { Trial } from '../trial';
import type { SfnClient } from '../wire';
import { Ledger } from './ledger';
import { OrderLoad } from './load';
import { readOrders, verifyOrders } from './verify';

/** Virtual seconds per second. */
const SCALE = 20;
/** A run in which less was acknowledged in each life of the process has shown nothing. */
const LEAST_ACKNOWLEDGED_PER_LIFE = 25;

/** In so many seconds some execution ends, as long as any can. */
const NO_PROGRESS = 40;

/**
 * Owns one data directory of `stepwright sfn` over all lives of the process, the load on it, and the ledger of what was
 * acknowledged, which is kept outside of it.
 */
export class OrdersRun {
  readonly #ready: number[] = [];

  private constructor(
    private readonly trial: Trial,
    readonly ledger: Ledger,
    readonly load: OrderLoad,
    private readonly env: (life: number) => Readonly<Record<string, string>>,
  ) {}

  /** @param mostRunning see `OrderLoad` */
  static async begin(trial: Trial, mostRunning?: number): Promise<OrdersRun> {
    const ledger = new Ledger(trial.path('ledger'));
    trial.onEnd(() => ledger.flush());
    const load = new OrderLoad(trial, ledger, mostRunning);
    const run = new OrdersRun(trial, ledger, load, await load.open());
    const server = await run.launch();
    await load.create(trial.client(server.url));
    await server.kill();
    return run;
  }

  get directory(): string {
    return this.trial.path('data');
  }

  get random(): () => number {
    return this.trial.random;
  }

  /** Begins another life. @throws Refused, Stuck */
  async launch(options: Omit<ProcessOptions, 'command' | 'args'> = {}): Promise<ServerProcess> {
    this.ledger.begin();
    const server = await this.trial.launch('data', {
      ...options,
      command: 'sfn',
      args: ['--time-scale', String(SCALE)],
      env: { ...this.env(this.ledger.lives), ...options.env },
    });
    this.#ready.push(server.readyAfter);
    return server;
  }

  /** Drives the load until some more calls have been acknowledged, and kills the process, or ends it in order. */
  async liveAndEnd(server: ServerProcess, end: 'kill' | 'stop' = 'kill'): Promise<void> {
    const driven = this.load.drive(server.url, server.ended);
    const enough = this.ledger.acknowledged + 40 + Math.floor(this.random() * 200);
    const most = performance.now() + patience(30);
    const { flaws } = this.trial;
    while (this.ledger.acknowledged < enough && performance.now() < most && server.isAlive && !flaws.isBroken) {
      await delay(5);
    }
    await server[end]();
    await driven;
  }

  /** The machine's power is cut after a life of the process. */
  cutPower(disk: PowerlessDisk): void {
    disk.cutPower();
    this.ledger.lose();
  }

  /** The last life: brings what runs to its end, and compares what is there with what was acknowledged. */
  async verify(): Promise<void> {
    const server = await this.launch();
    const lives = this.#ready.length;
    const { acknowledged } = this.ledger;
    Object.assign(this.trial.figures, { deaths: lives - 1, 'acknowledged calls': acknowledged });
    this.load.draining = true;
    const client = this.trial.client(server.url);
    const drained = this.#drained(client, server.ended);
    await Promise.all([drained, this.load.drive(server.url, drained)]);
    const shown = await readOrders(client, this.load.machineArn, (name) => this.load.arnOf(name));
    this.trial.tell(verifyOrders(shown, this.ledger));
    await server.stop();
    if (this.ledger.acknowledged < lives * LEAST_ACKNOWLEDGED_PER_LIFE) {
      this.trial.flaws.incomplete(`only ${this.ledger.acknowledged} calls were acknowledged in ${lives} lives`);
    }
    Object.assign(this.trial.figures, {
      'acknowledged calls': this.ledger.acknowledged,
      executions: shown.executions.length,
      events: shown.executions.reduce((sum, { history }) => sum + history.length, 0),
      'slowest start ms': Math.max(...this.#ready),
    });
  }

  /** Resolves when no execution runs any more, or none has ended for long: those that are left are told as stuck. */
  async #drained(client: SfnClient, dead: Promise<unknown>): Promise<void> {
    let over = false;
    void dead.then(() => {
      over = true;
    });
    const query = { stateMachineArn: this.load.machineArn, statusFilter: 'RUNNING', maxResults: 1000 };
    let fewest = Number.POSITIVE_INFINITY;
    const most = patience(this.trial.flaws.isBroken ? 10 : NO_PROGRESS);
    let end = performance.now() + most;
    while (!over && performance.now() < end) {
      const running = (await client.call('ListExecutions', query)).executions.length;
      if (running === 0) return;
      if (running < fewest) end = performance.now() + most;
      fewest = Math.min(fewest, running);
      await delay(100);
    }
  }
}
