import type { VirtualClock } from '../runtime/clock';
import type { Store } from '../runtime/store';
import type { Work } from '../runtime/work';
import type { AwsServices } from '../services/aws';
import type { Faults } from '../services/faults';
import { type IamMode, Permissions } from '../services/iam/permissions';
import { Policies } from '../services/iam/policies';
import type { Parts } from '../services/parts';
import { onPort } from '../services/wire/port';
import { WireServer } from '../services/wire/server';
import { requireSharedStack } from './data-directory';
import { deployAssembly } from './deployment';
import { commonEnvironment } from './environment';
import { type GivenParameter, giveParameters } from './given-parameters';
import { assembleParts, type PartsOptions } from './parts';
import { readAssembly } from './reader';
import { deployedStacks } from './records';
import { apiUrls, type DeploymentReport, type ReportedResource } from './report';
import { resourceProviders } from './resources';
import { warnOfRoles } from './role-checks';
import { buildRooms, type Rooms } from './rooms';
import type { StackOutputs } from './stack';
import { TemporaryDirectory } from './temporary-directory';
import { Undo } from './undo';

export interface CloudOptions extends PartsOptions {
  /** The cloud assembly to run: a `cdk.out`. */
  readonly assemblyDir: string;
  /** Values of the templates' parameters; their defaults, without. */
  readonly parameters?: readonly GivenParameter[];
  /** What becomes of calls that their role does not allow: done and told, refused, or not looked at. 'warn' by default. */
  readonly iam?: IamMode;
  /** Port of the AWS APIs; a free one by default. */
  readonly awsPort?: number;
  /** Port of the first API, the others follow; free ones by default. */
  readonly apiFirstPort?: number;
  /** Told after each resource that was deployed. */
  readonly onProgress?: (resource: ReportedResource) => void;
}

/** What a program needs to call the local cloud. */
export interface CloudEndpoints {
  /** URL of the AWS APIs, for AWS_ENDPOINT_URL. */
  readonly aws: string;
  /** Base URLs of the APIs, with the stage of a REST API, by the name of the API and of its stack. */
  readonly apis: Readonly<Record<string, string>>;
  /** The outputs of the stacks that have some, by stack and key. */
  readonly outputs: StackOutputs;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly region: string };
}

/**
 * Owns a local cloud from start to end: its parts, its services, and the deployment of one assembly into them.
 *
 * L1  The assembly is read whole before anything is opened or changed.
 * L2  Background work (timers, recovered executions, deliveries) begins when everything it may call is deployed.
 *     A call from outside waits for it.
 * L3  A data directory is not given to another app: its executions would run on without what they call.
 * L4  A boot that fails, and `stop`, leave nothing running.
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
    /** What roles may do; undefined where nobody looks at it. */
    readonly permissions: Permissions | undefined,
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
    const stacks = giveParameters(readAssembly(options.assemblyDir), options.parameters ?? []);
    const undo = new Undo();
    try {
      const environment = { ...commonEnvironment(stacks), ...options.environment };
      const { parts, faults } = assembleParts({ ...options, environment }, undo, (store) =>
        requireSharedStack(
          options.dataDir,
          deployedStacks(store),
          stacks.map(({ name }) => name),
        ),
      );
      const temporary = new TemporaryDirectory();
      undo.later(() => temporary.remove());
      const mode = options.iam ?? 'warn';
      const policies = new Policies();
      const permissions = mode === 'off' ? undefined : new Permissions(parts, policies, mode);
      if (permissions) parts.aws.authorizeWith(permissions);
      let deployed = () => {};
      const ready = new Promise<void>((resolve) => {
        deployed = resolve;
      });
      let awsUrl = '';
      const rooms = buildRooms(parts, { awsEndpoint: () => awsUrl, apiFirstPort: options.apiFirstPort, ready });
      undo.later(async () => {
        for (const room of rooms.all.toReversed()) await room.stop?.();
      });
      const wire = new WireServer(parts, { port: options.awsPort, ready });
      awsUrl = (await onPort(options.awsPort, 'the AWS APIs', () => wire.start())).url;
      undo.later(() => wire.stop());
      const { report, outputs } = await deployAssembly(stacks, {
        ...parts,
        providers: resourceProviders(rooms, permissions && policies),
        scratchDirectory: () => temporary.make(),
        onProgress: options.onProgress,
      });
      if (permissions) await warnOfRoles(report, parts, permissions);
      deployed();
      // Time stops before the rooms do.
      undo.later(() => parts.clock.close());
      for (const room of rooms.all) await room.start?.();
      const { accessKeyId, secretAccessKey, region } = parts.identity;
      const endpoints = {
        aws: awsUrl,
        apis: apiUrls(report.deployed, rooms.apiServers.apis()),
        outputs: Object.fromEntries(Object.entries(outputs).filter(([, own]) => Object.keys(own).length > 0)),
        credentials: { accessKeyId, secretAccessKey, region },
      };
      return new Cloud(parts, rooms, faults, endpoints, report, outputs, permissions, () => undo.all());
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
