import { parseMachineArn } from './arns';
import { failures } from './errors';
import type { MachineRecord, MachineRecords, Route, VersionRecord } from './records';

/** What an ARN given to StartExecution or DescribeStateMachine leads to. */
export interface Target {
  readonly machine: MachineRecord;
  /** Not when the ARN is the state machine's own. */
  readonly version?: VersionRecord;
  readonly aliasArn?: string;
}

/**
 * Owns how an ARN finds its state machine: alone it means the current revision, with a number a version, with a name
 * an alias and, by its weights, one of the alias's versions.
 */
export class Targets {
  constructor(
    private readonly records: MachineRecords,
    /** Chooses between the versions of an alias: from 0 to 1. */
    private readonly random: () => number,
  ) {}

  /** As `find`; of an alias's versions the one whose turn it is. */
  route(arn: string): Target {
    return this.find(arn, this.random());
  }

  /**
   * Of an alias the first version that is not out of use.
   * Throws InvalidArn, StateMachineDoesNotExist, or ValidationException for an ARN with a label.
   */
  find(arn: string, draw = 0): Target {
    const { base, version, alias, label } = parseMachineArn(arn);
    if (label !== undefined) throw failures.labeledArn(arn);
    const machine = this.records.machines.get(base);
    if (!machine) throw failures.machineUnknown(arn);
    if (version !== undefined) return { machine, version: this.#version(arn, arn) };
    if (alias === undefined) return { machine };
    const routes = this.records.aliases.get(arn)?.routes;
    if (!routes) throw failures.machineUnknown(arn);
    return { machine, version: this.#version(choose(routes, draw), arn), aliasArn: arn };
  }

  #version(versionArn: string, asked: string): VersionRecord {
    const version = this.records.versions.get(versionArn);
    if (!version) throw failures.machineUnknown(asked);
    return version;
  }
}

/** The version in whose share of 0 to 1 `draw` falls. */
function choose(routes: readonly Route[], draw: number): string {
  let share = draw * 100;
  for (const { stateMachineVersionArn, weight } of routes) {
    if (share < weight) return stateMachineVersionArn;
    share -= weight;
  }
  return (routes.at(-1) as Route).stateMachineVersionArn;
}
