import { type DeploymentReport, type ReportedResource, stackPath } from '../assembly/report';
import type { IamMode } from '../services/iam/permissions';
import { dataOption, type Endpoints } from './endpoints-file';
import { commandLine } from './shell';

/** What `start` shows of a deployment, in this order; what is not here (roles, routes, policies) goes without saying. */
const KINDS: ReadonlyArray<readonly [type: string, heading: string]> = [
  ['AWS::StepFunctions::StateMachine', 'state machines'],
  ['AWS::StepFunctions::Activity', 'activities'],
  ['AWS::Lambda::Function', 'functions'],
  ['AWS::ApiGatewayV2::Api', 'HTTP APIs'],
  ['AWS::ApiGateway::RestApi', 'REST APIs'],
  ['AWS::DynamoDB::Table', 'tables'],
  ['AWS::DynamoDB::GlobalTable', 'tables'],
  ['AWS::S3::Bucket', 'buckets'],
  ['AWS::Events::EventBus', 'event buses'],
  ['AWS::Events::Rule', 'rules'],
  ['AWS::Scheduler::Schedule', 'schedules'],
  ['AWS::Pipes::Pipe', 'pipes'],
  ['AWS::SNS::Topic', 'topics'],
  ['AWS::SQS::Queue', 'queues'],
];

/**
 * The resources of each stack by kind, what is not run, which properties are ignored, what is warned of, and whether
 * policies are enforced.
 * @param apis names of APIs, whose ids say nothing
 */
export function describeDeployment(
  report: DeploymentReport,
  apis: ReadonlyArray<{ readonly id: string; readonly name: string }> = [],
  iam: IamMode = 'warn',
): string {
  const names = new Map(apis.map(({ id, name }) => [id, name]));
  const label = (stack: string) => stackLabel(stackPath(report.deployed, stack));
  const sections = stacksInOrder(report.deployed).map((stack) => [
    label(stack),
    ...describeStack(stack, report.deployed, names),
  ]);
  if (report.notRun.length > 0) sections.push(['Not run here:', ...describeNotRun(report.notRun, label)]);
  if (report.ignored.length > 0) {
    const rows = report.ignored.map((item) => [label(item.stack), item.logicalId, item.type, item.property]);
    sections.push(['Properties that are ignored here and may change behaviour:', ...table(rows)]);
  }
  if (report.notes.length > 0)
    sections.push(['Otherwise than the stacks say:', ...report.notes.map((note) => `  ${note}`)]);
  if (report.warnings.length > 0) {
    const rows = report.warnings.map(({ stack, logicalId, message }) => [label(stack), logicalId, message]);
    sections.push(['Warnings:', ...table(rows)]);
  }
  if (report.deployed.some(({ type }) => type.startsWith('AWS::IAM::'))) {
    sections.push([IAM_LINES[iam]]);
  }
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

const IAM_LINES: Readonly<Record<IamMode, string>> = {
  warn: 'A call that its role does not allow is done here, and told of: AWS would refuse it, as --iam enforce does.',
  enforce: 'A call that its role does not allow is refused, as on AWS.',
  off: 'IAM policies are not looked at: what a role lacks shows only on AWS.',
};

/** Where the running local cloud is reached, and how it is called with AWS's own tools. */
export function describeEndpoints(endpoints: Endpoints, directory: string): string {
  const { aws, mail, apis, outputs } = endpoints;
  const urls = new Map<string, string>();
  for (const [name, url] of Object.entries(apis)) urls.set(url, [urls.get(url), name].filter(Boolean).join(', '));
  return [
    ...table([
      ['Console', endpoints.console],
      ['Mailbox', mail],
      ['AWS APIs', aws],
      ...[...urls].map(([url, names]) => [names, url]),
    ]),
    ...describeOutputs(outputs),
    '',
    'To call it with the AWS CLI or an SDK:',
    `  eval "$(${commandLine(`env${dataOption(directory)}`)})"`,
    '',
    `Programs find all of this in ${directory}/endpoints.json. Ctrl-C stops it.`,
    '',
  ].join('\n');
}

/** Without those that the CDK adds for other stacks to import. */
function describeOutputs(outputs: Endpoints['outputs']): string[] {
  const rows = Object.entries(outputs).flatMap(([stack, values]) =>
    Object.entries(values)
      .filter(([key]) => !key.startsWith('ExportsOutput'))
      .map(([key, value], index) => [
        index === 0 ? stack : '',
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
  );
  return rows.length > 0 ? ['', 'Outputs:', ...table(rows)] : [];
}

function describeStack(
  stack: string,
  deployed: readonly ReportedResource[],
  apis: ReadonlyMap<string, string>,
): string[] {
  const rows = KINDS.flatMap(([type, heading]) =>
    deployed
      .filter((resource) => resource.stack === stack && resource.type === type)
      .map((resource, index) => [index === 0 ? heading : '', apis.get(resource.ref) ?? shortName(resource)]),
  );
  return table(rows);
}

/** Each stack before those that it nests. */
function stacksInOrder(deployed: readonly ReportedResource[]): string[] {
  const paths = [...new Set(deployed.map(({ stack }) => stack))].map(
    (stack) => [stack, stackPath(deployed, stack)] as const,
  );
  const below = (above: readonly string[]): string[] =>
    paths
      .filter(([, path]) => path.length === above.length + 1 && above.every((part, at) => part === path[at]))
      .flatMap(([stack, path]) => [stack, ...below(path)]);
  return below([]);
}

/** 'Shop/Payments' */
function stackLabel([root, ...ids]: readonly string[]): string {
  return [root, ...ids.map(nestedName)].join('/');
}

/** The construct's name in the logical id that the CDK gives a nested stack: 'PaymentsNestedStackPaymentsNestedStackResource4FE929C3' */
function nestedName(logicalId: string): string {
  const [, name, repeated] = /^(.+)NestedStack(.+)NestedStackResource[0-9A-F]{8}$/.exec(logicalId) ?? [];
  return name !== undefined && repeated !== undefined && name.endsWith(repeated) ? name : logicalId;
}

/** The name at the end of an ARN, a URL or `bus|rule`. */
function shortName({ ref }: ReportedResource): string {
  return ref.split(/[:/|]/).at(-1) as string;
}

const LINE_WIDTH = 120;

/** Each type, and reason where there is one, once; under it the logical ids of each stack, as many to a line as fit. */
function describeNotRun(notRun: DeploymentReport['notRun'], label: (stack: string) => string): string[] {
  return [...groupBy(notRun, ({ type, reason }) => (reason ? `${type} (${reason})` : type))].flatMap(
    ([type, ofType]) => [
      `  ${type}`,
      ...[...groupBy(ofType, ({ stack }) => stack)].flatMap(([stack, items]) =>
        wrapped(
          `    ${label(stack)}: `,
          items.map(({ logicalId }) => logicalId),
        ),
      ),
    ],
  );
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** `words` behind `start` with commas, further lines indented as far. */
function wrapped(start: string, words: readonly string[]): string[] {
  const lines = [start];
  for (const [index, word] of words.entries()) {
    const text = index < words.length - 1 ? `${word}, ` : word;
    const last = lines.at(-1) as string;
    if (last.length > start.length && last.length + text.length > LINE_WIDTH)
      lines.push(' '.repeat(start.length) + text);
    else lines[lines.length - 1] = last + text;
  }
  return lines.map((line) => line.trimEnd());
}

/** Rows as lines with aligned columns. */
function table(rows: ReadonlyArray<readonly string[]>): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('  ')}`.trimEnd());
}
