import type { Executions } from '../../runtime/executions';
import type { ListedExecution, ListQuery } from '../../runtime/journal';
import { parseArn, parseMachineArn } from './arns';
import { pageSize } from './checks';
import { failures, type Input } from './errors';
import { positionToken, readPosition } from './paging';
import type { Targets } from './targets';

/** ListExecutions of a state machine, a version, an alias or a map run: newest first. */
export function listExecutions(executions: Executions, targets: Targets, input: Input): Input {
  const { stateMachineArn, statusFilter, mapRunArn } = input;
  if ((stateMachineArn ?? undefined) && (mapRunArn ?? undefined)) {
    throw failures.missingParameter('Only one of stateMachineArn and mapRunArn can be specified');
  }
  if (mapRunArn) return listed(executions, input, ofMapRun(executions, mapRunArn));
  if (!stateMachineArn) throw failures.missingParameter('Either stateMachineArn or mapRunArn must be specified');
  if (statusFilter === 'PENDING_REDRIVE') {
    throw failures.missingParameter('mapRunArn must be specified for the statusFilter PENDING_REDRIVE');
  }
  const { machine } = targets.find(stateMachineArn);
  if (machine.type === 'EXPRESS') throw failures.machineType();
  const { version, alias } = parseMachineArn(stateMachineArn);
  return listed(executions, input, {
    machine: machine.arn,
    version: version === undefined ? undefined : stateMachineArn,
    alias: alias === undefined ? undefined : stateMachineArn,
  });
}

type Whose = Pick<ListQuery, 'machine' | 'version' | 'alias' | 'mapRun'>;

function ofMapRun(executions: Executions, mapRunArn: string): Whose {
  parseArn(mapRunArn, 'mapRun');
  const run = executions.mapRuns.find(mapRunArn);
  if (!run) throw failures.resourceUnknown(mapRunArn);
  return { machine: run.machineArn, mapRun: mapRunArn };
}

function listed(executions: Executions, input: Input, whose: Whose): Input {
  const { stateMachineArn, mapRunArn, statusFilter, redriveFilter } = input;
  const limit = pageSize(input);
  const listing = `ListExecutions ${mapRunArn ?? stateMachineArn} ${statusFilter ?? ''} ${redriveFilter ?? ''}`;
  const found = executions.list({
    ...whose,
    status: statusFilter ?? undefined,
    redriven: redriveFilter ? redriveFilter === 'REDRIVEN' : undefined,
    before: readPosition(input, listing),
    limit: limit + 1,
  });
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    executions: found.slice(0, limit).map(listedExecution),
    nextToken: last && positionToken(listing, last.row),
  };
}

/** An execution as ListExecutions answers it. */
export function listedExecution(execution: ListedExecution): Input {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: new Date(execution.startedAt),
    stopDate: dateOf(execution.stoppedAt),
    stateMachineVersionArn: execution.stateMachineVersionArn,
    stateMachineAliasArn: execution.stateMachineAliasArn,
    mapRunArn: execution.mapRunArn,
    itemCount: execution.itemCount,
    redriveCount: execution.redriveCount,
    redriveDate: dateOf(execution.redrivenAt),
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
