import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import {
  ListActivitiesCommand,
  paginateListStateMachines,
  SFNClient,
  type StateMachineListItem,
} from '@aws-sdk/client-sfn';
import type { Cloud } from '../local/assembly/cloud';
import type { StoredMail } from '../local/services/ses/mails';
import { Checks } from './checks';
import { fromLocalCloud, throughApi } from './execution-source';
import { Follower } from './follower';
import { type Row, readTables } from './inventory';
import { tellMail } from './mails';
import { type Answer, signedFetch } from './signed-fetch';
import type { Happening, Timeline } from './timeline';

/** The workflows as the demo's document calls them, by what the state machines' names contain. */
export const WORKFLOWS = {
  'game-level-complete': 'GameLevelComplete',
  'game-level-repair': 'GameLevelRepair',
  'library-loan': 'LibraryLoan',
  'hello-world-retries': 'HelloWorldRetries',
} as const;
export type WorkflowName = keyof typeof WORKFLOWS;

/**
 * What the journeys play on: a running local cloud, reached as a deployed application would be (its HTTP API, its event bus,
 * the AWS APIs), and the timeline on which everything that happens is shown.
 */
export class Stage {
  readonly checks = new Checks();
  readonly sfn: SFNClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly events: EventBridgeClient;
  readonly cloudwatch: CloudWatchClient;
  #mailsSeen = 0;
  /** What is being played: a mail belongs to the workflow that a person last did something with. */
  #current: WorkflowName = 'hello-world-retries';

  private constructor(
    readonly cloud: Cloud,
    readonly timeline: Timeline,
    readonly machines: Readonly<Record<WorkflowName, string>>,
    readonly followers: Readonly<Record<WorkflowName, Follower>>,
    clients: Clients,
    private readonly activities: ReadonlyMap<string, string>,
  ) {
    this.sfn = clients.sfn;
    this.dynamodb = clients.dynamodb;
    this.s3 = clients.s3;
    this.events = clients.events;
    this.cloudwatch = clients.cloudwatch;
  }

  static async set(cloud: Cloud, timeline: Timeline): Promise<Stage> {
    const clients = connect(cloud);
    const found = await findMachines(clients.sfn);
    const machines = mapWorkflows((workflow) => found[workflow].stateMachineArn ?? '');
    const followers = mapWorkflows((workflow) => {
      const isExpress = found[workflow].type === 'EXPRESS';
      const arn = machines[workflow];
      return new Follower(workflow, isExpress ? fromLocalCloud(cloud, arn) : throughApi(clients.sfn, arn));
    });
    const { activities = [] } = await clients.sfn.send(new ListActivitiesCommand({}));
    const arns = new Map(activities.map(({ name = '', activityArn = '' }) => [name, activityArn]));
    return new Stage(cloud, timeline, machines, followers, clients, arns);
  }

  get now(): number {
    return this.cloud.clock.now();
  }

  /** Shows what a person did, now. */
  say(workflow: WorkflowName, text: string, details: readonly string[] = []): void {
    this.#current = workflow;
    this.timeline.show([{ at: this.now, workflow, text, details, tone: 'person' }]);
  }

  /** Lets everything settle that has been set off, and shows it. */
  async settle(): Promise<void> {
    await this.cloud.work.idle();
    const news = await Promise.all(Object.values(this.followers).map((follower) => follower.news()));
    const mails = this.mails()
      .slice(this.#mailsSeen)
      .map((mail) => tellMail(this.#current, mail));
    this.#mailsSeen += mails.length;
    this.timeline.show([...news.flat(), ...mails].sort((a: Happening, b: Happening) => a.at - b.at));
  }

  /** Moves the virtual clock to `target` (ms since the epoch), and shows what happened on the way. */
  async until(target: number): Promise<void> {
    await this.cloud.clock.advanceTo(target);
    await this.settle();
  }

  mails(): StoredMail[] {
    return this.cloud.services.ses.mails();
  }

  /** The newest mail to an address whose subject contains `words`; a check fails when there is none. */
  mailTo(address: string, words: string): StoredMail {
    const found = this.mails()
      .filter((mail) => mail.to.includes(address) && mail.subject.includes(words))
      .at(-1);
    if (!found) throw new Error(`${address} has no mail about '${words}'.`);
    return found;
  }

  /** The ARN of the activity whose name contains `word`. */
  activity(word: string): string {
    const name = [...this.activities.keys()].find((candidate) => candidate.includes(word));
    if (!name) throw new Error(`No activity's name contains '${word}'.`);
    return this.activities.get(name) as string;
  }

  /** The rows of all tables. */
  tables(): Promise<Record<string, Row[]>> {
    return readTables(this.dynamodb);
  }

  /** The name of the application's event bus: the one that is not AWS's own. */
  async bus(): Promise<string> {
    const { EventBuses = [] } = await this.events.send(new ListEventBusesCommand({}));
    const bus = EventBuses.find(({ Name }) => Name !== 'default');
    if (!bus?.Name) throw new Error('The application has no event bus.');
    return bus.Name;
  }

  /** Calls the library's API, signed. */
  library(method: string, path: string, body?: unknown): Promise<Answer> {
    const { apis, credentials } = this.cloud.endpoints;
    const name = Object.keys(apis).find((candidate) => candidate.includes('Library'));
    if (!name) throw new Error('The application has no library API.');
    return signedFetch(credentials, method, new URL(path, apis[name]), body);
  }

  /** Lets the connections go. */
  strike(): void {
    for (const client of [this.sfn, this.dynamodb, this.s3, this.events, this.cloudwatch]) client.destroy();
  }
}

interface Clients {
  readonly sfn: SFNClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly events: EventBridgeClient;
  readonly cloudwatch: CloudWatchClient;
}

function connect({ endpoints }: Cloud): Clients {
  const { region, ...credentials } = endpoints.credentials;
  const options = { endpoint: endpoints.aws, region, credentials };
  return {
    sfn: new SFNClient(options),
    dynamodb: new DynamoDBClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    events: new EventBridgeClient(options),
    cloudwatch: new CloudWatchClient(options),
  };
}

async function findMachines(sfn: SFNClient): Promise<Record<WorkflowName, StateMachineListItem>> {
  const machines: StateMachineListItem[] = [];
  for await (const page of paginateListStateMachines({ client: sfn }, {})) machines.push(...(page.stateMachines ?? []));
  return mapWorkflows((workflow) => {
    const machine = machines.find(({ name }) => name?.includes(WORKFLOWS[workflow]));
    if (!machine) throw new Error(`No state machine's name contains ${WORKFLOWS[workflow]}.`);
    return machine;
  });
}

function mapWorkflows<T>(make: (workflow: WorkflowName) => T): Record<WorkflowName, T> {
  const names = Object.keys(WORKFLOWS) as WorkflowName[];
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<WorkflowName, T>;
}
