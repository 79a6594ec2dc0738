/**
 * Owns what AWS's model of the Step Functions API says of requests: the members of each operation, and their
 * constraints (docs.aws.amazon.com/step-functions/latest/apireference). `constraints.ts` checks a request against it.
 */
export type Shape = TextShape | NumberShape | { readonly type: 'boolean' } | ListShape | StructureShape;

export interface TextShape {
  readonly type: 'text';
  /** In characters. */
  readonly least?: number;
  readonly most?: number;
  /** As AWS's error tells it, a regular expression. */
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** AWS's errors do not repeat the value. */
  readonly sensitive?: boolean;
}

export interface NumberShape {
  readonly type: 'integer' | 'float';
  readonly least?: number;
  readonly most?: number;
}

export interface ListShape {
  readonly type: 'list';
  readonly of: Shape;
  readonly least?: number;
  readonly most?: number;
}

export interface StructureShape {
  readonly type: 'structure';
  readonly name: string;
  readonly required: readonly string[];
  readonly members: Readonly<Record<string, Shape>>;
}

const text = (least: number, most?: number): TextShape => ({ type: 'text', least, most });
const secret = (least: number, most: number): TextShape => ({ type: 'text', least, most, sensitive: true });
const oneOf = (...values: string[]): TextShape => ({ type: 'text', oneOf: values });
const integer = (least: number, most?: number): NumberShape => ({ type: 'integer', least, most });
const BOOLEAN: Shape = { type: 'boolean' };

function structure(name: string, required: string[], members: Record<string, Shape>): StructureShape {
  return { type: 'structure', name, required, members };
}

const ARN = text(1, 256);
const LONG_ARN = text(1, 2000);
const NAME = text(1, 80);
const DEFINITION = secret(1, 1_048_576);
const DATA = secret(0, 262_144);
const ERROR = secret(0, 256);
const CAUSE = secret(0, 32_768);
const DESCRIPTION = secret(0, 256);
const TASK_TOKEN = text(1, 2048);
const TRACE_HEADER: TextShape = { ...text(0, 256), pattern: '\\p{ASCII}*' };
const PAGE = { maxResults: integer(0, 1000), nextToken: text(1, 1024) };
const MACHINE_TYPE = oneOf('STANDARD', 'EXPRESS');
const INCLUDED_DATA = oneOf('ALL_DATA', 'METADATA_ONLY');

const TAGS: Shape = { type: 'list', of: structure('Tag', [], { key: text(1, 128), value: text(0, 256) }) };
const LOGGING = structure('LoggingConfiguration', [], {
  level: oneOf('ALL', 'ERROR', 'FATAL', 'OFF'),
  includeExecutionData: BOOLEAN,
  destinations: {
    type: 'list',
    of: structure('LogDestination', [], {
      cloudWatchLogsLogGroup: structure('CloudWatchLogsLogGroup', [], { logGroupArn: ARN }),
    }),
  },
});
const TRACING = structure('TracingConfiguration', [], { enabled: BOOLEAN });
const ENCRYPTION = structure('EncryptionConfiguration', ['type'], {
  kmsKeyId: text(1, 2048),
  kmsDataKeyReusePeriodSeconds: integer(60, 900),
  type: oneOf('AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY'),
});
const ROUTING: Shape = {
  type: 'list',
  least: 1,
  most: 2,
  of: structure('RoutingConfigurationListItem', ['stateMachineVersionArn', 'weight'], {
    stateMachineVersionArn: ARN,
    weight: integer(0, 100),
  }),
};
const MACHINE = {
  definition: DEFINITION,
  roleArn: ARN,
  loggingConfiguration: LOGGING,
  tracingConfiguration: TRACING,
  publish: BOOLEAN,
  versionDescription: DESCRIPTION,
  encryptionConfiguration: ENCRYPTION,
};
const START = { stateMachineArn: ARN, name: NAME, input: DATA, traceHeader: TRACE_HEADER };
const TEST_STATE = {
  definition: DEFINITION,
  roleArn: ARN,
  input: DATA,
  inspectionLevel: oneOf('INFO', 'DEBUG', 'TRACE'),
  revealSecrets: BOOLEAN,
  variables: DATA,
  stateName: secret(1, 80),
  mock: structure('MockInput', [], {
    result: DATA,
    errorOutput: structure('MockErrorOutput', [], { error: ERROR, cause: CAUSE }),
    fieldValidationMode: oneOf('STRICT', 'PRESENT', 'NONE'),
  }),
  context: DATA,
  stateConfiguration: structure('TestStateConfiguration', [], {
    retrierRetryCount: integer(0),
    errorCausedByState: secret(1, 80),
    mapIterationFailureCount: integer(0),
    mapItemReaderData: DATA,
  }),
};

const operation = (required: string[], members: Record<string, Shape>) => structure('', required, members);

/** By operation: the shape of its request. */
export const REQUESTS: Readonly<Record<string, StructureShape>> = {
  CreateActivity: operation(['name'], { name: NAME, tags: TAGS, encryptionConfiguration: ENCRYPTION }),
  CreateStateMachine: operation(['name', 'definition', 'roleArn'], {
    name: NAME,
    ...MACHINE,
    type: MACHINE_TYPE,
    tags: TAGS,
  }),
  CreateStateMachineAlias: operation(['name', 'routingConfiguration'], {
    description: DESCRIPTION,
    name: { ...text(1, 80), pattern: '^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$' },
    routingConfiguration: ROUTING,
  }),
  DeleteActivity: operation(['activityArn'], { activityArn: ARN }),
  DeleteStateMachine: operation(['stateMachineArn'], { stateMachineArn: ARN }),
  DeleteStateMachineAlias: operation(['stateMachineAliasArn'], { stateMachineAliasArn: ARN }),
  DeleteStateMachineVersion: operation(['stateMachineVersionArn'], { stateMachineVersionArn: LONG_ARN }),
  DescribeActivity: operation(['activityArn'], { activityArn: ARN }),
  DescribeExecution: operation(['executionArn'], { executionArn: ARN, includedData: INCLUDED_DATA }),
  DescribeMapRun: operation(['mapRunArn'], { mapRunArn: LONG_ARN }),
  DescribeStateMachine: operation(['stateMachineArn'], { stateMachineArn: ARN, includedData: INCLUDED_DATA }),
  DescribeStateMachineAlias: operation(['stateMachineAliasArn'], { stateMachineAliasArn: ARN }),
  DescribeStateMachineForExecution: operation(['executionArn'], { executionArn: ARN, includedData: INCLUDED_DATA }),
  GetActivityTask: operation(['activityArn'], { activityArn: ARN, workerName: NAME }),
  GetExecutionHistory: operation(['executionArn'], {
    executionArn: ARN,
    ...PAGE,
    reverseOrder: BOOLEAN,
    includeExecutionData: BOOLEAN,
  }),
  ListActivities: operation([], PAGE),
  ListExecutions: operation([], {
    stateMachineArn: ARN,
    statusFilter: oneOf('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'),
    ...PAGE,
    nextToken: text(1, 3096),
    mapRunArn: LONG_ARN,
    redriveFilter: oneOf('REDRIVEN', 'NOT_REDRIVEN'),
  }),
  ListMapRuns: operation(['executionArn'], { executionArn: ARN, ...PAGE }),
  ListStateMachineAliases: operation(['stateMachineArn'], { stateMachineArn: ARN, ...PAGE }),
  ListStateMachineVersions: operation(['stateMachineArn'], { stateMachineArn: ARN, ...PAGE }),
  ListStateMachines: operation([], PAGE),
  ListTagsForResource: operation(['resourceArn'], { resourceArn: ARN }),
  PublishStateMachineVersion: operation(['stateMachineArn'], {
    stateMachineArn: ARN,
    revisionId: { type: 'text' },
    description: DESCRIPTION,
  }),
  RedriveExecution: operation(['executionArn'], {
    executionArn: ARN,
    clientToken: { ...text(1, 64), pattern: '[!-~]+' },
  }),
  SendTaskFailure: operation(['taskToken'], { taskToken: TASK_TOKEN, error: ERROR, cause: CAUSE }),
  SendTaskHeartbeat: operation(['taskToken'], { taskToken: TASK_TOKEN }),
  SendTaskSuccess: operation(['taskToken', 'output'], { taskToken: TASK_TOKEN, output: DATA }),
  StartExecution: operation(['stateMachineArn'], START),
  StartSyncExecution: operation(['stateMachineArn'], { ...START, includedData: INCLUDED_DATA }),
  StopExecution: operation(['executionArn'], { executionArn: ARN, error: ERROR, cause: CAUSE }),
  TagResource: operation(['resourceArn', 'tags'], { resourceArn: ARN, tags: TAGS }),
  TestState: operation(['definition'], TEST_STATE),
  UntagResource: operation(['resourceArn', 'tagKeys'], {
    resourceArn: ARN,
    tagKeys: { type: 'list', of: text(1, 128) },
  }),
  UpdateMapRun: operation(['mapRunArn'], {
    mapRunArn: LONG_ARN,
    maxConcurrency: integer(0),
    toleratedFailurePercentage: { type: 'float', least: 0, most: 100 },
    toleratedFailureCount: integer(0),
  }),
  UpdateStateMachine: operation(['stateMachineArn'], { stateMachineArn: ARN, ...MACHINE }),
  UpdateStateMachineAlias: operation(['stateMachineAliasArn'], {
    stateMachineAliasArn: ARN,
    description: DESCRIPTION,
    routingConfiguration: ROUTING,
  }),
  ValidateStateMachineDefinition: operation(['definition'], {
    definition: DEFINITION,
    type: MACHINE_TYPE,
    severity: oneOf('ERROR', 'WARNING'),
    maxResults: integer(0, 100),
  }),
};
