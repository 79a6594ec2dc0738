import type { Json } from '../../asl/json';
import { AwsError } from '../../services/aws';
import { isTargetHere } from '../../services/delivery/targets';
import { Properties } from '../properties';
import type { Identify, ResourceContext, ResourceProvider } from '../resource';

export const eventBus: ResourceProvider = {
  type: 'AWS::Events::EventBus',
  honoured: ['Name'],
  inert: ['Description', 'Tags', 'Policy', 'KmsKeyIdentifier', 'LogConfig'],
  async deploy(values, context) {
    const identity = eventBusIdentity(values, context);
    try {
      await context.call('eventbridge', 'CreateEventBus', { Name: identity.ref });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
    }
    return identity;
  },
};

export const eventBusIdentity: Identify = (values, context) => {
  const name = context.name(new Properties(values).text('Name'), { longest: 256 });
  return { ref: name, attributes: { Name: name, Arn: context.arn('events', `event-bus/${name}`) } };
};

export const rule: ResourceProvider = {
  type: 'AWS::Events::Rule',
  honoured: [
    'Name',
    'EventBusName',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'Targets.Id',
    'Targets.Arn',
    'Targets.RoleArn',
    'Targets.Input',
    'Targets.InputPath',
    'Targets.InputTransformer',
    'Targets.DeadLetterConfig',
    'Targets.RetryPolicy',
    'Targets.SqsParameters',
  ],
  inert: ['Description', 'Tags', 'RoleArn'],
  needs: ['EventBusName'],
  uses: ['Targets'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = context.name(properties.text('Name'), { longest: 64 });
    // The bus may be given by its ARN.
    const bus = properties.text('EventBusName')?.replace(/^arn:.*:event-bus\//, '') ?? 'default';
    await context.call('eventbridge', 'PutRule', {
      Name: name,
      EventBusName: bus,
      State: properties.text('State') ?? 'ENABLED',
      ...(properties.has('EventPattern') && { EventPattern: jsonText(properties.raw('EventPattern') as Json) }),
      ...properties.pick('ScheduleExpression', 'Description'),
    });
    for (const target of properties.objects('Targets')) {
      const arn = target.requiredText('Arn');
      if (!isTargetHere(arn)) context.warn(`The target ${target.text('Id')} gets nothing: ${arn} is not run here.`);
    }
    await putTargets(name, bus, properties.list('Targets'), context);
    const custom = bus !== 'default';
    return {
      ref: custom ? `${bus}|${name}` : name,
      attributes: { Arn: context.arn('events', custom ? `rule/${bus}/${name}` : `rule/${name}`) },
    };
  },
  async remove({ ref }, { call }) {
    const [name = '', bus = 'default'] = ref.split('|').reverse();
    const { Targets = [] } = await call('eventbridge', 'ListTargetsByRule', { Rule: name, EventBusName: bus });
    await removeTargets(name, bus, targetIds(Targets), call);
    await call('eventbridge', 'DeleteRule', { Name: name, EventBusName: bus });
  },
};

async function putTargets(rule: string, bus: string, targets: Json[], { call }: ResourceContext): Promise<void> {
  const { Targets: present = [] } = await call('eventbridge', 'ListTargetsByRule', { Rule: rule, EventBusName: bus });
  const wanted = targetIds(targets);
  const gone = targetIds(present).filter((id) => !wanted.includes(id));
  await removeTargets(rule, bus, gone, call);
  if (targets.length === 0) return;
  const { FailedEntries = [] } = await call('eventbridge', 'PutTargets', {
    Rule: rule,
    EventBusName: bus,
    Targets: targets,
  });
  const [failed] = FailedEntries;
  if (failed) throw new AwsError(failed.ErrorCode, `The target ${failed.TargetId} was refused: ${failed.ErrorMessage}`);
}

async function removeTargets(rule: string, bus: string, ids: string[], call: ResourceContext['call']): Promise<void> {
  if (ids.length > 0) await call('eventbridge', 'RemoveTargets', { Rule: rule, EventBusName: bus, Ids: ids });
}

function targetIds(targets: Json[]): string[] {
  return targets.map((target) => String((target as { Id?: Json }).Id));
}

function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
