import { type Template, template } from './assembly';

/**
 * What every role of the app may do, word for word: a right that is added shows as a difference, and is taken into the
 * snapshot (`npx jest test/lib/iam.test.ts -u`) with a thought. `stacks.test.ts` refuses what no thought can excuse.
 */
const stacks = [
  'StepwrightShared',
  'StepwrightHelloWorldRetries',
  'StepwrightGameLevelComplete',
  'StepwrightLibraryLoan',
];

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** An ARN as a person reads it: logical ids without the hash that the CDK adds, intrinsic functions put together. */
function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, content] = ['', '']] = Object.entries(value);
  if (name === 'Ref') return withoutHash(String(content));
  if (name === 'Fn::GetAtt') return `${withoutHash(String((content as string[])[0]))}.${(content as string[])[1]}`;
  if (name === 'Fn::Join') return (content as [string, unknown[]])[1].map(readable).join((content as [string])[0]);
  return JSON.stringify(value).replace(/([A-Za-z]+)[0-9A-F]{8}(?=[^0-9A-Za-z])/g, '$1');
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** By role, its own policies' statements; and what it has from AWS's managed ones. */
function rights(stack: Template): Record<string, string[]> {
  const all = Object.entries(stack.Resources);
  const roles = all.filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return Object.fromEntries(
    roles.map(([id, { Properties }]) => {
      const policies = all.filter(
        ([, { Type, Properties: policy }]) =>
          Type === 'AWS::IAM::Policy' && policy.Roles.some(({ Ref }: { Ref: string }) => Ref === id),
      );
      const statements = policies.flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as Statement[]);
      const inline = (Properties.Policies ?? []).flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
      );
      const own = [...statements, ...inline].flatMap(({ Effect, Action, Resource, Condition }) =>
        [Action].flat().map((action) => {
          const on = [Resource].flat().map(readable).sort().join(', ');
          return `${Effect} ${action} on ${on}${Condition ? ` if ${JSON.stringify(Condition)}` : ''}`;
        }),
      );
      const managed = (Properties.ManagedPolicyArns ?? []).map((arn: unknown) => `as ${readable(arn)}`);
      return [withoutHash(id), [...own, ...managed].sort()];
    }),
  );
}

test.each(stacks)('%s: each function and state machine may do this, and nothing else', (name) => {
  expect(rights(template(name))).toMatchSnapshot();
});

test('a wildcard shows as one', () => {
  const statement = { Effect: 'Allow', Action: ['s3:*'], Resource: '*' };
  const stack = {
    Resources: {
      RoleA1B2C3D4: { Type: 'AWS::IAM::Role', Properties: {} },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'RoleA1B2C3D4' }], PolicyDocument: { Statement: [statement] } },
      },
    },
  };
  expect(rights(stack)).toEqual({ Role: ['Allow s3:* on *'] });
});
