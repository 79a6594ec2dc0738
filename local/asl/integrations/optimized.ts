/**
 * Owns what AWS's optimised service integrations are: the actions of each service, the patterns that they offer beyond
 * request-response, and what they are asked with.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
export interface Optimized {
  /** 'sync', 'sync:2', 'waitForTaskToken' */
  readonly patterns: readonly string[];
  /** The API's own request, by service (as in `aws-sdk:<service>`) and operation. */
  readonly request?: readonly [service: string, operation: string];
  /** Where the request is Step Functions' own: the fields that must be there. */
  readonly fields?: readonly string[];
}

const SYNC = 'sync';
const TOKEN = 'waitForTaskToken';

/** Of services whose actions are their operations: the patterns by action. */
const OPERATIONS: Record<string, Record<string, readonly string[]>> = {
  athena: { startQueryExecution: [SYNC], stopQueryExecution: [], getQueryExecution: [], getQueryResults: [] },
  batch: { submitJob: [SYNC] },
  bedrock: { createModelCustomizationJob: [SYNC] },
  codebuild: {
    startBuild: [SYNC],
    startBuildBatch: [SYNC],
    stopBuild: [],
    stopBuildBatch: [],
    batchDeleteBuilds: [],
    batchGetReports: [],
    retryBuildBatch: [SYNC],
    deleteBuildBatch: [],
  },
  databrew: { startJobRun: [SYNC] },
  dynamodb: { getItem: [], putItem: [], deleteItem: [], updateItem: [] },
  ecs: { runTask: [SYNC, TOKEN] },
  eks: {
    createCluster: [SYNC],
    deleteCluster: [SYNC],
    createFargateProfile: [SYNC],
    deleteFargateProfile: [SYNC],
    createNodegroup: [SYNC],
    deleteNodegroup: [SYNC],
  },
  'emr-containers': { createVirtualCluster: [], deleteVirtualCluster: [SYNC], startJobRun: [SYNC] },
  'emr-serverless': {
    createApplication: [SYNC],
    startApplication: [SYNC],
    stopApplication: [SYNC],
    deleteApplication: [SYNC],
    startJobRun: [SYNC],
    cancelJobRun: [SYNC],
  },
  events: { putEvents: [TOKEN] },
  glue: { startJobRun: [SYNC] },
  lambda: { invoke: [TOKEN] },
  mediaconvert: { createJob: [SYNC] },
  sagemaker: {
    createEndpoint: [],
    createEndpointConfig: [],
    createHyperParameterTuningJob: [SYNC],
    createLabelingJob: [SYNC],
    createModel: [],
    createProcessingJob: [SYNC],
    createTrainingJob: [SYNC],
    createTransformJob: [SYNC],
    updateEndpoint: [],
  },
  sns: { publish: [TOKEN] },
  sqs: { sendMessage: [TOKEN] },
  states: { startExecution: [SYNC, 'sync:2', TOKEN] },
};

/** Their names among the `aws-sdk:` services, where those differ. */
const SDK_NAMES: Record<string, string> = {
  'emr-containers': 'emrcontainers',
  'emr-serverless': 'emrserverless',
  events: 'eventbridge',
  states: 'sfn',
};

/** Actions that are no operation of an API. */
const OWN: Record<string, Optimized> = {
  'apigateway:invoke': { patterns: [TOKEN], fields: ['ApiEndpoint', 'Method'] },
  'bedrock:invokeModel': { patterns: [TOKEN], fields: ['ModelId'] },
  'bedrock-agentcore:invokeHarness': { patterns: [] },
  'eks:call': { patterns: [], fields: ['ClusterName', 'CertificateAuthority', 'Endpoint', 'Method', 'Path'] },
  'eks:runJob': { patterns: [SYNC, TOKEN], fields: ['ClusterName', 'CertificateAuthority', 'Endpoint', 'Job'] },
  'elasticmapreduce:createCluster': { patterns: [SYNC], fields: ['Name'] },
  'elasticmapreduce:terminateCluster': { patterns: [SYNC], fields: ['ClusterId'] },
  'elasticmapreduce:addStep': { patterns: [SYNC], fields: ['ClusterId', 'Step'] },
  'elasticmapreduce:cancelStep': { patterns: [], fields: ['ClusterId', 'StepId'] },
  'elasticmapreduce:setClusterTerminationProtection': { patterns: [], fields: ['ClusterId', 'TerminationProtected'] },
  'elasticmapreduce:modifyInstanceFleetByName': { patterns: [], fields: ['ClusterId', 'InstanceFleetName'] },
  'elasticmapreduce:modifyInstanceGroupByName': { patterns: [], fields: ['ClusterId', 'InstanceGroupName'] },
  'http:invoke': { patterns: [], fields: ['ApiEndpoint', 'Method'] },
};

/** Undefined if there is no such integration. */
export function optimized(service: string, action: string): Optimized | undefined {
  const own = `${service}:${action}`;
  if (Object.hasOwn(OWN, own)) return OWN[own];
  const actions = Object.hasOwn(OPERATIONS, service) ? OPERATIONS[service] : undefined;
  const patterns = actions && Object.hasOwn(actions, action) ? actions[action] : undefined;
  return patterns && { patterns, request: [SDK_NAMES[service] ?? service, operationOf(action)] };
}

/** The operation that an action calls: 'SendMessage' of 'sendMessage'. */
export function operationOf(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1);
}
