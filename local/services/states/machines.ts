import { randomUUID } from 'node:crypto';
import type { Executions } from '../../runtime/executions';
import type { Parts } from '../parts';
import { makeArn, parseUnlabeledArn } from './arns';
import { pageSize, requireName } from './checks';
import type { Definitions } from './definitions';
import { failures, type Input } from './errors';
import { page } from './paging';
import type { MachineRecord, MachineRecords } from './records';
import { changeRevision, loadRevision, readRevision, sameContent } from './revision';
import { addTags, readTags, type Tags } from './tags';
import type { Versions } from './versions';

/**
 * Owns how state machines come, change and go. What an execution needs of its state machine is a revision in the
 * journal, so an update or a deletion never reaches executions that run.
 */
export class StateMachines {
  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
    private readonly records: MachineRecords,
    private readonly versions: Versions,
    private readonly definitions: Definitions,
  ) {}

  /** Idempotent for the same name, type, configuration and publication; another role and other tags are ignored. */
  async create(input: Input): Promise<Input> {
    const name = requireName(input);
    const arn = makeArn(this.parts.identity, 'stateMachine', name);
    const type = input.type ?? 'STANDARD';
    const now = this.parts.clock.now();
    const publication = readPublication(input);
    const revision = readRevision(input, now);
    const warnings = this.definitions.require(revision.definition, type);
    const known = this.records.machines.get(arn);
    if (known) {
      const before = loadRevision(this.executions, known.revision);
      const same =
        known.type === type &&
        sameContent({ ...revision, roleArn: before.roleArn }, before) &&
        JSON.stringify(known.publishedAtCreation) === JSON.stringify(publication);
      if (!same) throw failures.machineExists(arn);
      return this.#created(known);
    }
    const tags = addTags(arn, {}, readTags(input.tags));
    const machine: MachineRecord = {
      arn,
      name,
      type,
      createdAt: now,
      roleArn: revision.roleArn,
      revision: this.executions.putRevision(revision),
      tags,
      publishedAtCreation: publication,
    };
    await this.records.machines.put(arn, machine);
    this.definitions.warn(arn, warnings);
    return this.#created(machine);
  }

  async update(input: Input): Promise<Input> {
    const arn = input.stateMachineArn;
    const { base } = parseUnlabeledArn(arn);
    const machine = base === arn ? this.records.machines.get(arn) : undefined;
    if (!machine) throw failures.machineUnknown(arn);
    const publication = readPublication(input);
    if (!CHANGEABLE.some((member) => input[member] !== undefined && input[member] !== null)) {
      throw failures.nothingToUpdate();
    }
    const before = loadRevision(this.executions, machine.revision);
    const after = changeRevision(before, input);
    const warnings = this.definitions.require(after.definition, machine.type);
    const updatedAt = this.parts.clock.now();
    const revisionId = sameContent(before, after) ? before.revisionId : randomUUID();
    const revision = this.executions.putRevision({ ...after, updatedAt, revisionId: revisionId ?? null });
    const updated = { ...machine, roleArn: after.roleArn, revision };
    void this.records.machines.put(arn, updated);
    this.definitions.warn(arn, warnings);
    const version = publication && this.versions.publish(updated, publication.description);
    return {
      updateDate: new Date(updatedAt),
      revisionId: revisionId ?? undefined,
      stateMachineVersionArn: version?.arn,
    };
  }

  /** Its executions run on. On AWS it waits for them in status DELETING; here its name is free at once. */
  async delete(input: Input): Promise<Input> {
    const arn = input.stateMachineArn;
    const { base } = parseUnlabeledArn(arn);
    if (base === arn) await this.records.delete(arn);
    return {};
  }

  list(input: Input): Input {
    const machines = this.records.machines.list().map(({ value }) => value);
    machines.sort((a, b) => a.createdAt - b.createdAt);
    const { items, nextToken } = page(input, 'ListStateMachines', pageSize(input), machines);
    const stateMachines = items.map(({ arn, name, type, createdAt }) => {
      return { stateMachineArn: arn, name, type, creationDate: new Date(createdAt) };
    });
    return { stateMachines, nextToken };
  }

  tags(arn: string): Tags | undefined {
    return this.records.machines.get(arn)?.tags;
  }

  async setTags(arn: string, tags: Tags): Promise<void> {
    const machine = this.records.machines.get(arn);
    if (machine) await this.records.machines.put(arn, { ...machine, tags });
  }

  /** What CreateStateMachine answers; publishes what is still to be published. */
  #created(machine: MachineRecord): Input {
    const { arn, createdAt, publishedAtCreation } = machine;
    const version = publishedAtCreation && this.versions.publish(machine, publishedAtCreation.description);
    return { stateMachineArn: arn, creationDate: new Date(createdAt), stateMachineVersionArn: version?.arn };
  }
}

const CHANGEABLE = [
  'definition',
  'roleArn',
  'loggingConfiguration',
  'tracingConfiguration',
  'encryptionConfiguration',
] as const;

/** Of a request to create or update: undefined when nothing is to be published. */
function readPublication({ publish, versionDescription }: Input): { description?: string } | undefined {
  if (publish) return { description: versionDescription ?? undefined };
  if (versionDescription !== undefined && versionDescription !== null) throw failures.descriptionWithoutPublish();
  return undefined;
}
