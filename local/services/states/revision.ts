import type { JsonObject } from '../../asl/json';
import type { Executions } from '../../runtime/executions';
import { readEncryption } from './encryption';
import type { Input } from './errors';
import { readLogging } from './logging';

/** What an update changes and an execution keeps: stored in the journal, once per content. */
export type Revision = {
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration: JsonObject;
  readonly tracingConfiguration: JsonObject;
  readonly encryptionConfiguration: JsonObject;
  readonly updatedAt: number;
  /** AWS gives none to what CreateStateMachine made. */
  readonly revisionId?: string | null;
};

/** The revision that a CreateStateMachine request asks for. */
export function readRevision(input: Input, now: number): Revision {
  return {
    definition: input.definition,
    roleArn: input.roleArn,
    loggingConfiguration: readLogging(input.loggingConfiguration),
    tracingConfiguration: readTracing(input.tracingConfiguration),
    encryptionConfiguration: readEncryption(input.encryptionConfiguration),
    updatedAt: now,
  };
}

/** The revision that an UpdateStateMachine request makes of `before`. */
export function changeRevision(before: Revision, input: Input): Revision {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  return {
    ...before,
    definition: definition ?? before.definition,
    roleArn: roleArn ?? before.roleArn,
    loggingConfiguration: loggingConfiguration ? readLogging(loggingConfiguration) : before.loggingConfiguration,
    tracingConfiguration: tracingConfiguration ? readTracing(tracingConfiguration) : before.tracingConfiguration,
    encryptionConfiguration: encryptionConfiguration
      ? readEncryption(encryptionConfiguration)
      : before.encryptionConfiguration,
  };
}

/** Whether two revisions are the same but for their dates and ids. */
export function sameContent(a: Revision, b: Revision): boolean {
  const content = ({ updatedAt, revisionId, ...rest }: Revision) => JSON.stringify(Object.entries(rest).sort());
  return content(a) === content(b);
}

/** A revision of the journal, by its key. */
export function loadRevision(executions: Executions, key: string): Revision {
  return executions.revision(key) as unknown as Revision;
}

function readTracing(given: Input | undefined): JsonObject {
  return { enabled: given?.enabled === true };
}
