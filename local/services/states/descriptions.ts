import { variableReferences } from '../../asl/variables';
import type { Executions } from '../../runtime/executions';
import { parseArn } from './arns';
import { failures, type Input } from './errors';
import { loadRevision, type Revision } from './revision';
import type { Targets } from './targets';

/** Owns DescribeStateMachine and DescribeStateMachineForExecution: what is told of a state machine, now and as it was. */
export class Descriptions {
  constructor(
    private readonly executions: Executions,
    private readonly targets: Targets,
  ) {}

  /** Of a state machine, of one of its versions, or of the version that an alias leads to. */
  describe(input: Input): Input {
    const { machine, version } = this.targets.find(input.stateMachineArn);
    return {
      stateMachineArn: input.stateMachineArn,
      name: machine.name,
      type: machine.type,
      status: 'ACTIVE',
      creationDate: new Date((version ?? machine).createdAt),
      description: version?.description,
      ...configuration(loadRevision(this.executions, (version ?? machine).revision), input.includedData),
    };
  }

  /** The state machine as it was when the execution started. */
  describeForExecution(input: Input): Input {
    const arn = input.executionArn;
    parseArn(arn, 'execution');
    const found = this.executions.find(arn);
    if (!found) throw failures.executionUnknown(arn);
    const { stateMachineArn, stateMachineName, mapRunArn } = found.execution;
    const revision = loadRevision(this.executions, found.revision);
    return {
      stateMachineArn,
      name: stateMachineName,
      mapRunArn,
      label: mapRunArn && stateMachineName.slice(stateMachineName.lastIndexOf('/') + 1),
      updateDate: new Date(revision.updatedAt),
      ...configuration(revision, input.includedData),
    };
  }
}

function configuration(revision: Revision, includedData?: string): Input {
  const { definition, updatedAt, revisionId, ...rest } = revision;
  const withData = includedData !== 'METADATA_ONLY';
  const references = withData ? variableReferences(JSON.parse(definition)) : {};
  return {
    ...rest,
    definition: withData ? definition : '{}',
    revisionId: revisionId ?? undefined,
    variableReferences: Object.keys(references).length > 0 ? references : undefined,
  };
}
