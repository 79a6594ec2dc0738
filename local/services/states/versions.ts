import type { Executions } from '../../runtime/executions';
import type { Parts } from '../parts';
import { parseMachineArn, parseUnlabeledArn } from './arns';
import { pageSize } from './checks';
import { failures, type Input } from './errors';
import { page } from './paging';
import type { MachineRecord, MachineRecords, VersionRecord } from './records';
import { loadRevision } from './revision';

/**
 * Owns published versions: immutable, numbered from 1 without using a number again
 * (docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html).
 */
export class Versions {
  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
    private readonly records: MachineRecords,
  ) {}

  /** The version of the machine's current revision: the one that there is, or a new one. Throws ServiceQuotaExceededException. */
  publish(machine: MachineRecord, description?: string): VersionRecord {
    const revisionId = this.#revisionId(machine);
    const last = machine.lastVersion ?? 0;
    // No later revision has a version, so that of the current one can only be the last.
    const published = this.records.versions.get(`${machine.arn}:${last}`);
    if (published?.revisionId === revisionId) return published;
    if (last >= MOST_VERSIONS && this.records.versionsOf(machine.arn).length >= MOST_VERSIONS) {
      throw failures.tooManyVersions(machine.arn, MOST_VERSIONS);
    }
    const number = last + 1;
    const version: VersionRecord = {
      arn: `${machine.arn}:${number}`,
      machineArn: machine.arn,
      number,
      createdAt: this.parts.clock.now(),
      description,
      roleArn: machine.roleArn,
      revision: machine.revision,
      revisionId,
    };
    void this.records.versions.put(version.arn, version);
    void this.records.machines.put(machine.arn, { ...machine, lastVersion: number });
    return version;
  }

  /** PublishStateMachineVersion. `revisionId` guards against publishing what somebody else has changed. */
  publishCurrent(input: Input): Input {
    const { base, version, alias } = parseUnlabeledArn(input.stateMachineArn);
    const machine = this.records.machines.get(base);
    if (!machine || version !== undefined || alias !== undefined) throw failures.machineUnknown(input.stateMachineArn);
    const current = this.#revisionId(machine) ?? INITIAL;
    const wanted = input.revisionId ?? current;
    if (wanted !== current) throw failures.revisionConflict(wanted, current);
    const { arn, createdAt } = this.publish(machine, input.description ?? undefined);
    return { creationDate: new Date(createdAt), stateMachineVersionArn: arn };
  }

  list(input: Input): Input {
    const { base } = parseMachineArn(input.stateMachineArn);
    const listing = `ListStateMachineVersions ${base}`;
    const { items, nextToken } = page(input, listing, pageSize(input), this.records.versionsOf(base));
    const stateMachineVersions = items.map(({ arn, createdAt }) => {
      return { stateMachineVersionArn: arn, creationDate: new Date(createdAt) };
    });
    return { stateMachineVersions, nextToken };
  }

  /** Its executions run on. Deleting what is not there is no error; what an alias refers to is a ConflictException. */
  async delete(input: Input): Promise<Input> {
    const arn = input.stateMachineVersionArn;
    const { base, version } = parseMachineArn(arn);
    if (version === undefined) throw failures.invalidArn(`Invalid ARN: ${arn}`);
    const referring = this.records
      .aliasesOf(base)
      .filter(({ routes }) => routes.some(({ stateMachineVersionArn }) => stateMachineVersionArn === arn));
    if (referring.length > 0) throw failures.versionInUse(referring.map(({ name }) => name));
    await this.records.versions.delete(arn);
    return {};
  }

  #revisionId(machine: MachineRecord): string | null {
    return loadRevision(this.executions, machine.revision).revisionId ?? null;
  }
}

const MOST_VERSIONS = 1000;

/** How the API calls the revision that CreateStateMachine made, which has no id. */
const INITIAL = 'INITIAL';
