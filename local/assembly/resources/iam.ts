import type { Json } from '../../asl/json';
import { malformedIn, type PolicyKind } from '../../services/iam/malformed';
import type { Policies } from '../../services/iam/policies';
import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';
import { byLogicalId } from './inert';

/**
 * Owns roles and policies: those of roles, and those on queues, topics, buckets, functions, event buses and secrets. They are read at
 * each start and kept nowhere, so one that has left its template is gone.
 */
export const roleIdentity: Identify = (values, context) => {
  const properties = new Properties(values);
  const name = context.name(properties.text('RoleName'), { longest: 64 });
  const path = properties.text('Path') ?? '/';
  return {
    ref: name,
    attributes: {
      Arn: iamArn(context, `role${path}${name}`),
      RoleId: `AROA${shortHash(name).toUpperCase()}`,
    },
  };
};

export const managedPolicyIdentity: Identify = (values, context) => {
  const properties = new Properties(values);
  const name = context.name(properties.text('ManagedPolicyName'), { longest: 128 });
  const arn = iamArn(context, `policy${properties.text('Path') ?? '/'}${name}`);
  return { ref: arn, attributes: { PolicyArn: arn } };
};

/** What they are called, where nothing looks at them. */
export const iamIdentities: Readonly<Record<string, Identify>> = {
  'AWS::IAM::Role': roleIdentity,
  'AWS::IAM::ManagedPolicy': managedPolicyIdentity,
  'AWS::IAM::Policy': byLogicalId,
  'AWS::IAM::RolePolicy': byLogicalId,
  'AWS::Lambda::Permission': byLogicalId,
  'AWS::S3::BucketPolicy': byLogicalId,
  'AWS::SNS::TopicPolicy': byLogicalId,
  'AWS::SNS::TopicInlinePolicy': byLogicalId,
  'AWS::SQS::QueuePolicy': byLogicalId,
  'AWS::SQS::QueueInlinePolicy': byLogicalId,
  'AWS::Events::EventBusPolicy': byLogicalId,
  'AWS::SecretsManager::ResourcePolicy': byLogicalId,
};

type Read = (properties: Properties, policies: Policies, context: ResourceContext) => void;

/** By type, what is read of it. */
const READERS: Readonly<Record<string, Read>> = {
  'AWS::IAM::Role': (properties, policies, context) => {
    const managed = texts(properties.raw('ManagedPolicyArns'));
    const boundary = properties.text('PermissionsBoundary');
    policies.putRole(arnOf(roleIdentity, properties, context), {
      inline: properties.objects('Policies').map((policy) => {
        const called = ` ${policy.text('PolicyName') ?? ''}`.trimEnd();
        return checked(policy.raw('PolicyDocument'), 'identity', context, called) ?? null;
      }),
      managed,
      boundary,
    });
    for (const arn of [...managed, ...(boundary === undefined ? [] : [boundary])]) {
      if (policies.knows(arn)) continue;
      context.warn(`What ${arn} allows is not known here: the role is refused nothing for want of a grant.`);
    }
  },
  'AWS::IAM::ManagedPolicy': (properties, policies, context) => {
    const arn = arnOf(managedPolicyIdentity, properties, context);
    policies.putManaged(arn, checked(properties.raw('PolicyDocument'), 'identity', context));
    policies.attachManaged(texts(properties.raw('Roles')), arn);
  },
  'AWS::IAM::Policy': (properties, policies, context) =>
    policies.attach(texts(properties.raw('Roles')), checked(properties.raw('PolicyDocument'), 'identity', context)),
  'AWS::IAM::RolePolicy': (properties, policies, context) =>
    policies.attach(texts(properties.raw('RoleName')), checked(properties.raw('PolicyDocument'), 'identity', context)),
  'AWS::Lambda::Permission': (properties, policies, context) => {
    const arn = functionArn(properties.requiredText('FunctionName'), context);
    policies.attachToResource(arn.split(':').slice(0, 7).join(':'), permissionDocument(properties, arn));
  },
  'AWS::S3::BucketPolicy': (properties, policies, context) =>
    policies.attachToResource(
      `arn:aws:s3:::${properties.text('Bucket')}`,
      checked(properties.raw('PolicyDocument'), 'resource', context),
    ),
  'AWS::SNS::TopicPolicy': (properties, policies, context) => {
    const document = checked(properties.raw('PolicyDocument'), 'resource', context);
    for (const topic of texts(properties.raw('Topics'))) policies.attachToResource(topic, document);
  },
  'AWS::SNS::TopicInlinePolicy': (properties, policies, context) =>
    policies.attachToResource(
      properties.requiredText('TopicArn'),
      checked(properties.raw('PolicyDocument'), 'resource', context),
    ),
  'AWS::SQS::QueuePolicy': (properties, policies, context) => {
    const document = checked(properties.raw('PolicyDocument'), 'resource', context);
    for (const queue of texts(properties.raw('Queues'))) {
      policies.attachToResource(queueArn(queue, context), document);
    }
  },
  'AWS::SQS::QueueInlinePolicy': (properties, policies, context) =>
    policies.attachToResource(
      queueArn(properties.requiredText('Queue'), context),
      checked(properties.raw('PolicyDocument'), 'resource', context),
    ),
  'AWS::Events::EventBusPolicy': (properties, policies, context) =>
    policies.attachToResource(
      context.arn('events', `event-bus/${properties.text('EventBusName') ?? 'default'}`),
      checked(busDocument(properties), 'resource', context),
    ),
  'AWS::SecretsManager::ResourcePolicy': (properties, policies, context) =>
    policies.attachToResource(
      properties.requiredText('SecretId'),
      checked(properties.raw('ResourcePolicy'), 'resource', context),
    ),
};

/** @param policies where they are read to; undefined where nobody looks at what roles may do */
export function iamProviders(policies: Policies | undefined): ResourceProvider[] {
  return Object.entries(iamIdentities).map(([type, identify]) => ({
    type,
    honoured: [],
    inert: 'all',
    deploy: async (values, context) => {
      if (policies) READERS[type]?.(new Properties(values), policies, context);
      return identify(values, context);
    },
  }));
}

/** The document, told of where AWS takes it for none. */
function checked(
  document: Json | undefined,
  kind: PolicyKind,
  context: ResourceContext,
  called = '',
): Json | undefined {
  for (const { statement, fault } of malformedIn(document, kind, context.isKnown)) {
    const where = statement === undefined ? '' : `, statement ${statement}`;
    context.warn(`AWS refuses to deploy it: malformed policy document${called}${where}: ${fault}`);
  }
  return document;
}

/** As Lambda writes a permission into a function's policy. */
function permissionDocument(properties: Properties, functionArn: string): Json {
  const principal = properties.text('Principal') ?? '';
  const isService = principal.endsWith('.amazonaws.com');
  const equals = { 'AWS:SourceAccount': 'SourceAccount', 'aws:PrincipalOrgID': 'PrincipalOrgID' };
  const given = Object.entries(equals).flatMap(([key, name]) =>
    properties.has(name) ? [[key, properties.text(name) as string] as const] : [],
  );
  const source = properties.text('SourceArn');
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principal === '*' ? '*' : { [isService ? 'Service' : 'AWS']: principal },
      Action: properties.text('Action') ?? 'lambda:InvokeFunction',
      Resource: functionArn,
      Condition: {
        ...(given.length > 0 && { StringEquals: Object.fromEntries(given) }),
        ...(source !== undefined && { ArnLike: { 'AWS:SourceArn': source } }),
      },
    },
  };
}

/** Its own statement, or the members of one. */
function busDocument(properties: Properties): Json {
  const principal = properties.text('Principal') ?? '';
  const [Version, Resource] = ['2012-10-17', '*'];
  const statement = properties.raw('Statement');
  if (statement !== undefined) return { Version, Statement: statement };
  const Principal = principal === '*' ? '*' : { AWS: principal };
  const Action = properties.text('Action') ?? 'events:PutEvents';
  return { Version, Statement: { Effect: 'Allow', Principal, Action, Resource } };
}

function arnOf(identify: Identify, properties: Properties, context: ResourceContext): string {
  const { ref, attributes } = identify(properties.all, context);
  return String(attributes?.Arn ?? ref);
}

/** From a name or an ARN, with its qualifier. */
function functionArn(nameOrArn: string, context: ResourceContext): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : context.arn('lambda', `function:${nameOrArn}`);
}

/** Templates name queues by their URLs. */
function queueArn(queue: string, context: ResourceContext): string {
  return queue.startsWith('arn:') ? queue : context.arn('sqs', queue.slice(queue.lastIndexOf('/') + 1));
}

function texts(value: Json | undefined): string[] {
  return [value ?? []].flat().map(String);
}

/** IAM's ARNs have no region. */
function iamArn(context: NamingContext, resource: string): string {
  return `arn:aws:iam::${context.identity.accountId}:${resource}`;
}
