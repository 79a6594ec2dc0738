import type { ExecutionType } from '../../engine/types';
import type { Collection, Store } from '../../runtime/store';
import type { Tags } from './tags';

/**
 * Owns what is stored of state machines: the machines, their published versions and their aliases, each by its ARN.
 * Definitions and configurations are not here: they are revisions in the journal, which executions share.
 */
export class MachineRecords {
  readonly machines: Collection<MachineRecord>;
  readonly versions: Collection<VersionRecord>;
  readonly aliases: Collection<AliasRecord>;

  constructor(store: Store) {
    this.machines = store.collection('state_machines', KEPT);
    this.versions = store.collection('state_machine_versions', KEPT);
    this.aliases = store.collection('state_machine_aliases', KEPT);
  }

  /** The versions of a state machine, the latest first. */
  versionsOf(machineArn: string): VersionRecord[] {
    const versions = this.versions.list(`${machineArn}:`).map(({ value }) => value);
    return versions.sort((a, b) => b.number - a.number);
  }

  /** The aliases of a state machine, by name. */
  aliasesOf(machineArn: string): AliasRecord[] {
    return this.aliases.list(`${machineArn}:`).map(({ value }) => value);
  }

  /** Deletes a state machine with its versions and aliases. */
  async delete(machineArn: string): Promise<void> {
    await Promise.all([
      this.machines.delete(machineArn),
      ...this.versionsOf(machineArn).map(({ arn }) => this.versions.delete(arn)),
      ...this.aliasesOf(machineArn).map(({ arn }) => this.aliases.delete(arn)),
    ]);
  }
}

/** Of each kind in memory: every start of an execution asks for one. */
const KEPT = 1000;

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
  /** The highest number that a version has ever had; numbers are not used again. */
  readonly lastVersion?: number;
  /** What CreateStateMachine published, for its idempotency; absent when nothing. */
  readonly publishedAtCreation?: { readonly description?: string };
}

export interface VersionRecord {
  readonly arn: string;
  readonly machineArn: string;
  readonly number: number;
  readonly createdAt: number;
  readonly description?: string;
  readonly roleArn: string;
  /** Key in the journal. */
  readonly revision: string;
  /** As AWS tells it; null for what CreateStateMachine made. */
  readonly revisionId: string | null;
}

export interface AliasRecord {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly description?: string;
  readonly routes: readonly Route[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Route {
  readonly stateMachineVersionArn: string;
  /** In percent; those of an alias add up to 100. */
  readonly weight: number;
}
