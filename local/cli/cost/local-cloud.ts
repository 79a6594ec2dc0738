import type { Cloud } from '../../assembly/cloud';
import type { ControlCommands } from '../../console/control';
import type { Observation } from '../../cost/execution';
import { costOfHistory, usageOfTrigger } from '../../cost/history';
import type { Fixtures } from '../../cost/report';
import { sumOf, type Usage } from '../../cost/usage';
import { costEvent } from './events';
import { fixturesOf } from './fixtures';
import { type Found, findCosts, type Source } from './source';

/** More events than an execution has, or than a map run's parent is worth reading for. */
const MOST_EVENTS = 1_000_000;
/** Executions of a map run that are looked at. */
const MOST_PARTS = 10_000;

/** The command by which `stepwright cost` asks a running local cloud what its executions used. */
export function costControl(cloud: Cloud): ControlCommands {
  return {
    async cost({ wanted, last }) {
      if (wanted !== undefined && typeof wanted !== 'string') throw new Error("'wanted' must be a text.");
      if (typeof last !== 'number' || !(last > 0)) throw new Error("'last' must be positive.");
      return observations(cloud, wanted, last);
    },
  };
}

/** What was observed: of one execution, or by workflow. */
export interface LocalCosts {
  readonly found: Found[];
  /** By the workflow's ARN. */
  readonly fixtures: Readonly<Record<string, Fixtures>>;
  /** What requests used that neither started nor answered an execution. */
  readonly nobodys: Usage;
}

/** Reads a local cloud in this process. */
export function localSource(cloud: Cloud): Source {
  const { executions } = cloud.services.states;
  return {
    async workflows() {
      const all = [];
      let nextToken: string | undefined;
      do {
        const page = await cloud.aws.call('sfn', 'ListStateMachines', { nextToken }, { via: 'cli' });
        all.push(...page.stateMachines);
        nextToken = page.nextToken;
      } while (nextToken);
      return all.map(({ name, stateMachineArn: arn, type }) => ({ name, arn, type }));
    },
    async executions(machineArn, last) {
      return executions
        .list({ machine: machineArn, limit: last })
        .map(({ arn, name, status }) => ({ arn, name, status }));
    },
    async observe(executionArn) {
      return observe(cloud, executionArn);
    },
  };
}

async function observations(cloud: Cloud, wanted: string | undefined, last: number): Promise<LocalCosts> {
  const found = await findCosts(localSource(cloud), wanted, last);
  const fixtures = Object.fromEntries(
    found.map(({ machineArn }) => [machineArn, fixturesOf(cloud.report, machineArn)]),
  );
  return { found, fixtures, nobodys: cloud.aws.meter?.nobodys() ?? {} };
}

function observe(cloud: Cloud, arn: string): Observation | undefined {
  const { executions } = cloud.services.states;
  const found = executions.find(arn);
  if (!found) return undefined;
  const { execution, inputText } = found;
  const { definition, tracingConfiguration } = executions.revision(found.revision);
  const history = executions.history(arn, { limit: MOST_EVENTS }) ?? [];
  const events = history.map(costEvent);
  const mapRuns = history.flatMap(({ type, details }) => (type === 'MapRunStarted' ? String(details?.mapRunArn) : []));
  const isSetOff = execution.mapRunArn === undefined;
  return {
    executionArn: arn,
    stateMachineName: execution.stateMachineName,
    type: execution.type,
    status: execution.status,
    elapsedMs: (execution.stoppedAt ?? cloud.clock.now()) - execution.startedAt,
    ...costOfHistory(events),
    definitionBytes: Buffer.byteLength(definition),
    tracing: (tracingConfiguration as { enabled?: boolean } | undefined)?.enabled === true,
    usage: sumOf([cloud.aws.meter?.usageOf(arn) ?? {}, isSetOff ? usageOfTrigger(inputText) : {}]),
    parts: mapRuns.flatMap((mapRunArn) => partsOf(cloud, mapRunArn)),
  };
}

function partsOf(cloud: Cloud, mapRun: string): Observation[] {
  const { executions } = cloud.services.states;
  const run = executions.mapRuns.find(mapRun);
  if (!run) return [];
  const children = executions.list({ machine: run.machineArn, mapRun, limit: MOST_PARTS });
  return children.flatMap(({ arn }) => observe(cloud, arn) ?? []);
}
