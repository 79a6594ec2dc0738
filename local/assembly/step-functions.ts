import { AwsServices } from '../services/aws';
import type { Identity } from '../services/identity';
import type { Parts } from '../services/parts';
import { REMOTE_APIS, REMOTE_STEP_FUNCTIONS } from '../services/remote/apis';
import { MissingService, RemoteService } from '../services/remote/service';
import type { SigningKeys } from '../services/sigv4';
import type { MockConfiguration } from '../services/states/mocks/configuration';
import { type StatesOptions, StatesService } from '../services/states/service';
import { onPort } from '../services/wire/port';
import { WireServer } from '../services/wire/server';
import { assembleParts, type PartsOptions } from './parts';
import { Undo } from './undo';

export interface StepFunctionsOptions extends PartsOptions {
  /** A free one by default. */
  readonly port?: number;
  readonly identity: Identity;
  /** Signs the calls of tasks. */
  readonly keys: SigningKeys;
  /** URLs of other services by the variable that names them: LAMBDA_ENDPOINT, … */
  readonly endpoints: ReadonlyMap<string, URL>;
  /** Factor of what states wait. */
  readonly waitTimeScale?: number | undefined;
  readonly mocks?: MockConfiguration | undefined;
  /** Hears what is to be said of definitions that are accepted. */
  readonly onWarnings?: StatesOptions['onWarnings'];
}

/**
 * Owns Step Functions without the rest of a local cloud: tasks call the endpoints that they are given. Callers may sign
 * with any key, as with AWS's own Step Functions Local.
 */
export class StepFunctions {
  private constructor(
    readonly url: string,
    readonly parts: Parts,
    readonly states: StatesService,
    private readonly undo: Undo,
  ) {}

  /** @throws StoreError, DataDirectoryError or PortInUseError, each with one sentence for the user */
  static async boot(options: StepFunctionsOptions): Promise<StepFunctions> {
    const undo = new Undo();
    try {
      const { parts } = assembleParts(options, undo);
      // Callers reach Step Functions alone; what its tasks reach is another matter.
      const called = new AwsServices(parts.work);
      const { waitTimeScale: waitScale, mocks, onWarnings } = options;
      const states = new StatesService({ ...parts, aws: called }, { waitScale, mocks, onWarnings });
      parts.aws.register(states);
      undo.later(() => states.stop());
      const wire = new WireServer(parts, { port: options.port, anyKey: true });
      const { url } = await onPort(options.port, 'Step Functions', () => wire.start());
      undo.later(() => wire.stop());
      connect(called, states, options, Number(new URL(url).port));
      undo.later(() => parts.clock.close());
      await states.start();
      return new StepFunctions(url, parts, states, undo);
    } catch (error) {
      await undo.all();
      throw error;
    }
  }

  /** Stops everything and lets go of the data directory; what was acknowledged is on disk. */
  stop(): Promise<void> {
    return this.undo.all();
  }
}

function connect(called: AwsServices, states: StatesService, options: StepFunctionsOptions, ownPort: number): void {
  const caller = { keys: options.keys, region: options.identity.region };
  for (const api of REMOTE_APIS) {
    const endpoint = options.endpoints.get(api.variable);
    called.register(endpoint ? new RemoteService(api, endpoint, caller) : new MissingService(api));
  }
  const elsewhere = options.endpoints.get(REMOTE_STEP_FUNCTIONS.variable);
  // AWS's tool wants to be told of itself to run nested executions.
  const isElsewhere = elsewhere && !isLoopback(elsewhere, ownPort);
  called.register(isElsewhere ? new RemoteService(REMOTE_STEP_FUNCTIONS, elsewhere, caller) : states);
}

function isLoopback({ hostname, port }: URL, ownPort: number): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) && Number(port || 80) === ownPort;
}
