import type { DeploymentReport, ReportedResource } from '../assembly/report';
import type { Endpoints } from './endpoints-file';

/** What `start` shows of a deployment, in this order; what is not here (roles, routes, policies) goes without saying. */
const KINDS: ReadonlyArray<readonly [type: string, heading: string]> = [
  ['AWS::StepFunctions::StateMachine', 'state machines'],
  ['AWS::StepFunctions::Activity', 'activities'],
  ['AWS::Lambda::Function', 'functions'],
  ['AWS::ApiGatewayV2::Api', 'HTTP APIs'],
  ['AWS::DynamoDB::Table', 'tables'],
  ['AWS::DynamoDB::GlobalTable', 'tables'],
  ['AWS::S3::Bucket', 'buckets'],
  ['AWS::Events::EventBus', 'event buses'],
  ['AWS::Events::Rule', 'rules'],
  ['AWS::Scheduler::Schedule', 'schedules'],
  ['AWS::SNS::Topic', 'topics'],
  ['AWS::SQS::Queue', 'queues'],
];

/** The resources of each stack by kind, what is not run, and which properties are ignored. */
export function describeDeployment(report: DeploymentReport): string {
  const stacks = [...new Set(report.deployed.map(({ stack }) => stack))];
  const sections = stacks.map((stack) => describeStack(stack, report.deployed));
  if (report.notRun.length > 0) {
    sections.push(['Not run here:', ...table(report.notRun.map((item) => [item.stack, item.logicalId, item.type]))]);
  }
  if (report.ignored.length > 0) {
    const rows = report.ignored.map((item) => [item.stack, item.logicalId, item.type, item.property]);
    sections.push(['Properties that are ignored here and may change behaviour:', ...table(rows)]);
  }
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

/** Where the running local cloud is reached, and how it is called with AWS's own tools. */
export function describeEndpoints(endpoints: Endpoints, directory: string): string {
  const { aws, mail, apis, credentials } = endpoints;
  const urls = new Map<string, string>();
  for (const [name, url] of Object.entries(apis)) urls.set(url, [urls.get(url), name].filter(Boolean).join(', '));
  return [
    ...table([['Mailbox', mail], ['AWS APIs', aws], ...[...urls].map(([url, names]) => [names, url])]),
    '',
    'To call it with the AWS CLI or an SDK:',
    `  export AWS_ENDPOINT_URL=${aws} AWS_REGION=${credentials.region}`,
    `  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    '',
    `Programs find all of this in ${directory}/endpoints.json. Ctrl-C stops it.`,
    '',
  ].join('\n');
}

function describeStack(stack: string, deployed: readonly ReportedResource[]): string[] {
  const rows = KINDS.flatMap(([type, heading]) =>
    deployed
      .filter((resource) => resource.stack === stack && resource.type === type)
      .map((resource, index) => [index === 0 ? heading : '', shortName(resource)]),
  );
  return [stack, ...table(rows)];
}

/** The name at the end of an ARN, a URL or `bus|rule`; an API's id says nothing, its logical id does. */
function shortName({ type, ref, logicalId }: ReportedResource): string {
  return type === 'AWS::ApiGatewayV2::Api' ? logicalId : (ref.split(/[:/|]/).at(-1) as string);
}

/** Rows as lines with aligned columns. */
function table(rows: ReadonlyArray<readonly string[]>): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('  ')}`.trimEnd());
}
