import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../asl/json';
import type { ExecutionType } from '../../engine/types';
import type { Executions } from '../../runtime/executions';
import type { Collection } from '../../runtime/store';
import type { Parts } from '../parts';
import { makeArn, parseArn } from './arns';
import { oneOf, optionalText, pageSize, requireName, requireText } from './checks';
import { requireValidDefinition } from './definitions';
import { failures, type Input } from './errors';
import { readLogging } from './logging';
import { page } from './paging';
import { addTags, readTags, type Tags } from './tags';

/**
 * Owns state machines: their records, and which revision a new execution runs. What an execution needs of its state
 * machine is a revision in the journal, so an update or a deletion never reaches executions that run.
 */
export class StateMachines {
  readonly #machines: Collection<MachineRecord>;

  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
  ) {
    this.#machines = parts.store.collection('state_machines');
  }

  /** Idempotent for the same name, definition, type, logging and tracing. */
  async create(input: Input): Promise<Input> {
    if (input.publish) throw failures.notYet('versions of state machines (`publish`)');
    const name = requireName(input);
    const arn = makeArn(this.parts.identity, 'stateMachine', name);
    const type = oneOf(input, 'type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD';
    const now = this.parts.clock.now();
    const revision: Revision = {
      definition: requireText(input, 'definition', { most: LARGEST_DEFINITION }),
      roleArn: requireText(input, 'roleArn', { most: 256 }),
      loggingConfiguration: readLogging(input.loggingConfiguration),
      tracingConfiguration: readTracing(input.tracingConfiguration),
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      updatedAt: now,
    };
    requireValidDefinition(revision.definition, type);
    const known = this.#machines.get(arn);
    if (known) {
      const same =
        known.type === type && sameContent(revision, { ...this.#revision(known), roleArn: revision.roleArn });
      if (!same) throw failures.machineExists(arn);
      return { stateMachineArn: arn, creationDate: new Date(known.createdAt) };
    }
    const tags = addTags(arn, {}, readTags(input.tags));
    const { roleArn } = revision;
    const key = this.executions.putRevision(revision);
    await this.#machines.put(arn, { arn, name, type, createdAt: now, roleArn, revision: key, tags });
    return { stateMachineArn: arn, creationDate: new Date(now) };
  }

  async update(input: Input): Promise<Input> {
    if (input.publish) throw failures.notYet('versions of state machines (`publish`)');
    const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
    const machine = this.require(input);
    if ([definition, roleArn, loggingConfiguration, tracingConfiguration].every((given) => given === undefined)) {
      throw failures.nothingToUpdate();
    }
    const before = this.#revision(machine);
    const after: Revision = {
      ...before,
      definition: optionalText(input, 'definition', { most: LARGEST_DEFINITION }) ?? before.definition,
      roleArn: optionalText(input, 'roleArn', { most: 256 }) ?? before.roleArn,
      loggingConfiguration: loggingConfiguration ? readLogging(loggingConfiguration) : before.loggingConfiguration,
      tracingConfiguration: tracingConfiguration ? readTracing(tracingConfiguration) : before.tracingConfiguration,
    };
    requireValidDefinition(after.definition, machine.type);
    const updatedAt = this.parts.clock.now();
    const revisionId = sameContent(before, after) ? before.revisionId : randomUUID();
    const key = this.executions.putRevision({ ...after, updatedAt, revisionId: revisionId ?? null });
    await this.#machines.put(machine.arn, { ...machine, roleArn: after.roleArn, revision: key });
    return { updateDate: new Date(updatedAt), revisionId };
  }

  /** Its executions run on. On AWS it waits for them in status DELETING; here its name is free at once. */
  async delete(input: Input): Promise<Input> {
    const arn = requireText(input, 'stateMachineArn', { most: 256 });
    parseArn(arn, 'stateMachine');
    await this.#machines.delete(arn);
    return {};
  }

  describe(input: Input): Input {
    const machine = this.require(input);
    const { updatedAt, revisionId, ...revision } = this.#revision(machine);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      type: machine.type,
      status: 'ACTIVE',
      creationDate: new Date(machine.createdAt),
      ...revision,
      ...(revisionId ? { revisionId } : {}),
    };
  }

  /** The state machine as it was when the execution started. */
  describeForExecution(input: Input): Input {
    const arn = requireText(input, 'executionArn', { most: 256 });
    parseArn(arn, 'execution');
    const found = this.executions.find(arn);
    if (!found) throw failures.executionUnknown(arn);
    const { stateMachineArn, stateMachineName } = found.execution;
    const { updatedAt, revisionId, ...revision } = this.executions.revision(found.revision) as unknown as Revision;
    return {
      stateMachineArn,
      name: stateMachineName,
      updateDate: new Date(updatedAt),
      ...revision,
      ...(revisionId ? { revisionId } : {}),
    };
  }

  list(input: Input): Input {
    const machines = this.#machines.list().map(({ value }) => value);
    machines.sort((a, b) => a.createdAt - b.createdAt);
    const { items, nextToken } = page(input, 'ListStateMachines', pageSize(input), machines);
    const stateMachines = items.map(({ arn, name, type, createdAt }) => {
      return { stateMachineArn: arn, name, type, creationDate: new Date(createdAt) };
    });
    return { stateMachines, nextToken };
  }

  /** The state machine of that ARN; throws InvalidArn or StateMachineDoesNotExist. */
  require(input: Input, member = 'stateMachineArn'): MachineRecord {
    const arn = requireText(input, member, { most: 256 });
    parseArn(arn, 'stateMachine');
    const machine = this.#machines.get(arn);
    if (!machine) throw failures.machineUnknown(arn);
    return machine;
  }

  tags(arn: string): Tags | undefined {
    return this.#machines.get(arn)?.tags;
  }

  async setTags(arn: string, tags: Tags): Promise<void> {
    const machine = this.#machines.get(arn);
    if (machine) await this.#machines.put(arn, { ...machine, tags });
  }

  #revision(machine: MachineRecord): Revision {
    return this.executions.revision(machine.revision) as unknown as Revision;
  }
}

export interface MachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: ExecutionType;
  readonly createdAt: number;
  /** Of the current revision, kept beside it for a quick start. */
  readonly roleArn: string;
  /** Key of the current revision in the journal. */
  readonly revision: string;
  readonly tags: Tags;
}

/** What an update changes and an execution keeps: stored in the journal, once per content. */
type Revision = {
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration: JsonObject;
  readonly tracingConfiguration: JsonObject;
  /** There are no keys to encrypt with here: it is what AWS says when it uses its own. */
  readonly encryptionConfiguration: JsonObject;
  readonly updatedAt: number;
  /** AWS gives none to what CreateStateMachine made. */
  readonly revisionId?: string | null;
};

const LARGEST_DEFINITION = 1_048_576;

function readTracing(given: Input | undefined): JsonObject {
  return { enabled: given?.enabled === true };
}

function sameContent(a: Revision, b: Revision): boolean {
  const content = ({ definition, roleArn, loggingConfiguration, tracingConfiguration }: Revision) =>
    JSON.stringify([definition, roleArn, loggingConfiguration, tracingConfiguration]);
  return content(a) === content(b);
}
