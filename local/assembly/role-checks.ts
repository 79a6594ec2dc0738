import type { AwsServices } from '../services/aws';
import type { Permissions } from '../services/iam/permissions';
import type { Identity } from '../services/identity';
import { type RoleSession, roleSession } from '../services/role-session';
import type { DeploymentReport, ReportedResource } from './report';

/**
 * Owns what AWS asks of roles without a call that is made here: when the stacks are deployed, which fails without it, and when a distributed
 * Map begins. Here it is a warning.
 */
export async function warnOfRoles(
  report: DeploymentReport,
  parts: { readonly aws: AwsServices; readonly identity: Identity },
  permissions: Permissions,
): Promise<void> {
  const warn = ({ stack, logicalId, type }: ReportedResource, message: string) =>
    report.warnings.push({ stack, logicalId, type, message });
  for (const resource of report.deployed) {
    const checks = CHECKS[resource.type];
    const needed = checks ? await checks(resource, parts) : [];
    const lacking = needed.filter(({ role, action, on }) => role && !permissions.allows(role, action, on));
    for (const why of new Set(lacking.map((need) => need.why))) {
      const actions = lacking.filter((need) => need.why === why).map(({ action }) => action);
      const fails = why === MAP ? 'On AWS it fails' : 'AWS refuses to deploy it';
      warn(resource, `${fails}: its role may not do ${actions.join(', ')}, which ${why}.`);
    }
  }
}

interface Needed {
  readonly role: RoleSession | undefined;
  readonly action: string;
  readonly on: string;
  /** 'its log takes' */
  readonly why: string;
}

type Check = (resource: ReportedResource, parts: Parameters<typeof warnOfRoles>[1]) => Promise<Needed[]>;

/** docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
const MAP = 'a distributed Map takes (on the state machine itself)';

const caller = { via: 'cloudformation' };

/** By type. */
const CHECKS: Readonly<Record<string, Check>> = {
  /** docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy, …/stepfunctions-iam.html */
  async 'AWS::StepFunctions::StateMachine'({ ref: stateMachineArn }, { aws, identity }) {
    const machine = await aws.call('sfn', 'DescribeStateMachine', { stateMachineArn }, caller);
    const role = roleSession(machine.roleArn, 'deployment', stateMachineArn);
    const logs = (machine.loggingConfiguration?.level ?? 'OFF') !== 'OFF';
    const { region, accountId } = identity;
    const rule = `arn:aws:events:${region}:${accountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
    const waits = /"arn:aws:states:::states:startExecution\.sync(:2)?"/.test(machine.definition);
    const maps = /"Mode"\s*:\s*"DISTRIBUTED"/.test(machine.definition);
    return [
      ...(maps ? [{ role, action: 'states:StartExecution', on: stateMachineArn, why: MAP }] : []),
      ...(logs ? [{ role, action: 'logs:CreateLogDelivery', on: '*', why: 'its log takes' }] : []),
      ...(waits ? ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'] : []).map((action) => ({
        role,
        action,
        on: rule,
        why: `a Task takes that waits for an execution (on ${rule})`,
      })),
    ];
  },

  /** docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
  async 'AWS::Lambda::EventSourceMapping'({ ref: UUID }, { aws }) {
    const { FunctionArn, EventSourceArn } = await aws.call('lambda', 'GetEventSourceMapping', { UUID }, caller);
    const { Role } = await aws.call('lambda', 'GetFunctionConfiguration', { FunctionName: FunctionArn }, caller);
    return polling(roleSession(Role, 'deployment', FunctionArn), EventSourceArn);
  },

  /** docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html */
  async 'AWS::Pipes::Pipe'({ ref: Name }, { aws }) {
    const { RoleArn, Source, Arn } = await aws.call('pipes', 'DescribePipe', { Name }, caller);
    return polling(roleSession(RoleArn, 'deployment', Arn), Source);
  },
};

function polling(role: RoleSession | undefined, on: string): Needed[] {
  const why = `the polling of ${on} takes`;
  return ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => ({
    role,
    action,
    on,
    why,
  }));
}
