/**
 * AWS's optimised service integrations: the actions of each service, by the patterns that they offer beyond
 * request-response.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
const PLAIN = '';
const SYNC = 'sync';
const TOKEN = 'waitForTaskToken';

const OPTIMIZED: Record<string, Record<string, readonly string[]>> = {
  apigateway: { invoke: [TOKEN] },
  athena: { startQueryExecution: [SYNC], stopQueryExecution: [], getQueryExecution: [], getQueryResults: [] },
  batch: { submitJob: [SYNC, TOKEN] },
  bedrock: { invokeModel: [], createModelCustomizationJob: [SYNC] },
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
    call: [],
    runJob: [SYNC, TOKEN],
    createCluster: [SYNC],
    deleteCluster: [SYNC],
    createFargateProfile: [SYNC],
    deleteFargateProfile: [SYNC],
    createNodegroup: [SYNC],
    deleteNodegroup: [SYNC],
  },
  elasticmapreduce: {
    createCluster: [SYNC],
    terminateCluster: [SYNC],
    addStep: [SYNC],
    cancelStep: [],
    setClusterTerminationProtection: [],
    modifyInstanceFleetByName: [],
    modifyInstanceGroupByName: [],
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
  http: { invoke: [] },
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

/** Whether `service:action[.pattern]`, the end of an integration's ARN, is one that AWS knows. */
export function isIntegration(text: string): boolean {
  const match = /^([a-z0-9-]+):([A-Za-z0-9]+)(?::([A-Za-z0-9]+))?(?:\.(sync|sync:2|waitForTaskToken))?$/.exec(text);
  if (!match) return false;
  const [, service = '', action = '', sdkAction, pattern = PLAIN] = match;
  // Any action of any service in the SDK; which of them exist, their service tells at run time.
  if (service === 'aws-sdk') return sdkAction !== undefined && (pattern === PLAIN || pattern === TOKEN);
  const actions = Object.hasOwn(OPTIMIZED, service) ? OPTIMIZED[service] : {};
  const patterns = actions && Object.hasOwn(actions, action) ? actions[action] : undefined;
  return sdkAction === undefined && patterns !== undefined && (pattern === PLAIN || patterns.includes(pattern));
}
