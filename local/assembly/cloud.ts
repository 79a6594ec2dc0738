import { VirtualClock } from '../runtime/clock';
import { Store } from '../runtime/store';
import { Work } from '../runtime/work';
import { AwsServices } from '../services/aws';
import { Faults } from '../services/faults';
import type { Parts } from '../services/parts';
import { WireServer } from '../services/wire/server';
import { SavedClockPosition } from './clock-position';
import { loadIdentity, makeDataDirectory, temporaryDirectory } from './data-directory';
import { deployAssembly } from './deployment';
import { onPort } from './errors';
import { readAssembly } from './reader';
import { apiUrls, type DeploymentReport, type ReportedResource } from './report';
import { resourceProviders } from './resources';
import { buildRooms, type Rooms } from './rooms';
import type { StackOutputs } from './stack';

export interface CloudOptions {
  /** The cloud assembly to run: a `cdk.out`. */
  readonly assemblyDir: string;
  /** Where data is kept; everything is in memory without it. */
  readonly dataDir?: string;
  /** Port of the AWS APIs; a free one by default. */
  readonly awsPort?: number;
  /** Port of the first HTTP API, the others follow; free ones by default. */
  readonly apiFirstPort?: number;
  readonly clock?: {
    /** Virtual time of a new data directory in ms since the epoch; one in use goes on where it was, if that is later. */
    readonly start?: number;
    /** Virtual seconds per real second; 0 stands still. 1 by default. */
    readonly scale?: number;
  };
  /** Told after each resource that was deployed. */
  readonly onProgress?: (resource: ReportedResource) => void;
}

/** What a program needs to call the local cloud. */
export interface CloudEndpoints {
  /** URL of the AWS APIs, for AWS_ENDPOINT_URL. */
  readonly aws: string;
  /** Base URLs of the HTTP APIs by the name of the API and of its stack. */
  readonly apis: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly region: string };
}

/**
 * Owns a local cloud from start to end: its parts, its services, and the deployment of one assembly into them.
 *
 * L1  The assembly is read whole before anything is opened or changed.
 * L2  Background work (timers, recovered executions, deliveries) begins when everything it may call is deployed.
 * L3  A boot that fails, and `stop`, leave nothing running.
 */
export class Cloud {
  readonly clock: VirtualClock;
  readonly work: Work;
  readonly aws: AwsServices;
  readonly store: Store;

  private constructor(
    readonly parts: Parts,
    readonly services: Rooms,
    readonly faults: Faults,
    readonly endpoints: CloudEndpoints,
    readonly report: DeploymentReport,
    readonly outputs: StackOutputs,
    private readonly shutdown: () => Promise<void>,
  ) {
    this.clock = parts.clock;
    this.work = parts.work;
    this.aws = parts.aws;
    this.store = parts.store;
  }

  /**
   * Boots a local cloud and deploys the assembly into it.
   * @throws AssemblyError, DataDirectoryError, StoreError, or PortInUseError, each with one sentence for the user.
   */
  static async boot(options: CloudOptions): Promise<Cloud> {
    const stacks = readAssembly(options.assemblyDir);
    const undo = new Undo();
    try {
      const { parts, faults } = assembleParts(options, undo);
      const temporary = temporaryDirectory();
      undo.later(() => temporary.remove());
      let awsUrl = '';
      const rooms = buildRooms(parts, { awsEndpoint: () => awsUrl, apiFirstPort: options.apiFirstPort });
      undo.later(async () => {
        for (const room of rooms.all.toReversed()) await room.stop?.();
      });
      const wire = new WireServer(parts, { port: options.awsPort });
      awsUrl = (await onPort(options.awsPort, 'the AWS APIs', () => wire.start())).url;
      undo.later(() => wire.stop());
      const { report, outputs } = await deployAssembly(stacks, {
        ...parts,
        providers: resourceProviders(rooms),
        scratchDirectory: temporary.make,
        onProgress: options.onProgress,
      });
      // Time stops before the rooms do.
      undo.later(() => parts.clock.close());
      for (const room of rooms.all) await room.start?.();
      const { accessKeyId, secretAccessKey, region } = parts.identity;
      const endpoints = {
        aws: awsUrl,
        apis: apiUrls(report.deployed, rooms.apis.apis()),
        credentials: { accessKeyId, secretAccessKey, region },
      };
      return new Cloud(parts, rooms, faults, endpoints, report, outputs, () => undo.all());
    } catch (error) {
      await undo.all();
      throw error;
    }
  }

  /** Stops everything and lets go of the data directory; what was acknowledged is on disk. */
  stop(): Promise<void> {
    return this.shutdown();
  }
}

/** Opens what a boot begins with; each thing opened is given to `undo`. */
function assembleParts(options: CloudOptions, undo: Undo): { parts: Parts; faults: Faults } {
  const dir = options.dataDir;
  if (dir !== undefined) makeDataDirectory(dir);
  const store = Store.open(dir);
  undo.later(() => store.close());
  const work = new Work();
  const saved = new SavedClockPosition(store);
  const resumed = saved.resume(Date.now());
  const start = Math.max(resumed ?? 0, options.clock?.start ?? (resumed === undefined ? Date.now() : 0));
  const clock = new VirtualClock({
    work,
    start,
    scale: options.clock?.scale,
    onMove: (position) => saved.save(position),
  });
  undo.later(() => {
    clock.close();
    saved.saveFinal(clock.position, clock.now(), Date.now());
  });
  const aws = new AwsServices(work);
  const faults = new Faults();
  aws.intercept(faults.intercept);
  return { parts: { store, clock, work, aws, identity: loadIdentity(dir), dir }, faults };
}

/** What has been opened, to be closed in the opposite order; a failure to close one thing keeps no other open. */
class Undo {
  readonly #steps: Array<() => unknown> = [];

  later(step: () => unknown): void {
    this.#steps.push(step);
  }

  async all(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
