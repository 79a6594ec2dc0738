import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessOptions, ServerProcess } from '../process';
import { randomFrom } from '../random';
import type { Breaches } from '../report';
import { SfnClient } from '../wire';
import { Ledger } from './ledger';
import { OrderLoad } from './load';
import { verifyOrders } from './verify';

/** Virtual seconds per second. */
const SCALE = 20;
/** A run in which less was acknowledged in each life of the process has shown nothing. */
const LEAST_ACKNOWLEDGED_PER_LIFE = 25;
/** Everything that was started has ended in so many ms, or is stuck. */
const LONGEST_DRAIN = 90_000;
/** In so many ms a busy machine acknowledges enough, or never will. */
const PATIENCE = 15_000;

/**
 * Owns one data directory of `stepwright sfn` over all lives of the process, the load on it, and the ledger of what was
 * acknowledged, which is kept outside of it.
 */
export class OrdersRun {
  readonly #ready: number[] = [];

  private constructor(
    readonly directory: string,
    readonly random: () => number,
    readonly ledger: Ledger,
    readonly load: OrderLoad,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param mostRunning see `OrderLoad` */
  static async begin(seed: number, mostRunning?: number): Promise<OrdersRun> {
    const directory = mkdtempSync(join(tmpdir(), 'stepwright-chaos-'));
    const random = randomFrom(seed);
    const ledger = new Ledger(`${directory}.ledger`);
    const load = new OrderLoad(ledger, random, mostRunning);
    const run = new OrdersRun(directory, random, ledger, load, await load.open());
    const server = await run.launch();
    const client = new SfnClient(server.url);
    await load.create(client);
    client.close();
    await server.kill();
    return run;
  }

  /** Begins another life. @throws Refused */
  async launch(options: Omit<ProcessOptions, 'command' | 'args'> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.start(this.directory, {
      ...options,
      command: 'sfn',
      args: ['--time-scale', String(SCALE)],
      env: { ...this.env, ...options.env },
    });
    this.#ready.push(server.readyAfter);
    return server;
  }

  /** Drives the load until some more calls have been acknowledged, and kills the process. */
  async liveAndKill(server: ServerProcess): Promise<void> {
    const driven = this.load.drive(server.url, server.ended);
    const enough = this.ledger.acknowledged + 40 + Math.floor(this.random() * 200);
    const patience = performance.now() + PATIENCE;
    while (this.ledger.acknowledged < enough && performance.now() < patience) await delay(5);
    await server.kill();
    await driven;
  }

  /** The last life: brings what runs to its end, and compares what is there with what was acknowledged. */
  async verify(): Promise<{ breaches: Breaches; figures: Record<string, number> }> {
    const server = await this.launch();
    this.load.draining = true;
    const client = new SfnClient(server.url);
    await this.load.drive(server.url, this.#drained(client, server.ended));
    const lives = this.#ready.length;
    const { breaches, executions, events } = await verifyOrders(client, this.ledger, {
      machineArn: this.load.machineArn,
      arnOf: (name) => this.load.arnOf(name),
      lives,
    });
    client.close();
    await server.stop();
    const { acknowledged } = this.ledger;
    breaches.expect(
      acknowledged >= lives * LEAST_ACKNOWLEDGED_PER_LIFE,
      () => `only ${acknowledged} calls were acknowledged in ${lives} lives: the run shows nothing`,
    );
    const figures = {
      deaths: lives - 1,
      'acknowledged calls': acknowledged,
      executions,
      events,
      'slowest start ms': Math.max(...this.#ready),
    };
    return { breaches, figures };
  }

  /** @param isKept whether the data stay, for who looks into a breach */
  end(isKept: boolean): void {
    this.load.close();
    this.ledger.flush();
    if (isKept) return;
    rmSync(this.directory, { recursive: true });
    rmSync(`${this.directory}.ledger`, { force: true });
  }

  /** Resolves when no execution runs any more, or there is no hope. */
  async #drained(client: SfnClient, dead: Promise<unknown>): Promise<void> {
    const end = performance.now() + LONGEST_DRAIN;
    let over = false;
    void dead.then(() => {
      over = true;
    });
    const query = { stateMachineArn: this.load.machineArn, statusFilter: 'RUNNING', maxResults: 1 };
    while (!over && performance.now() < end) {
      const { executions } = await client.call('ListExecutions', query);
      if (executions.length === 0) return;
      await delay(100);
    }
  }
}
