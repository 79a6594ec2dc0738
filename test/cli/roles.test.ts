import { describeRoles } from '../../local/cli/commands/roles';

const ROLES = [
  {
    roleArn: 'arn:aws:iam::123456789012:role/app/Worker',
    holders: [
      'arn:aws:lambda:us-east-1:123456789012:function:Greet',
      'arn:aws:states:us-east-1:123456789012:stateMachine:Loan',
    ],
    grants: [
      {
        actions: ['sqs:SendMessage', 'sqs:PurgeQueue'],
        resources: ['arn:aws:sqs:us-east-1:123456789012:q', 'arn:aws:sqs:us-east-1:123456789012:r'],
      },
    ],
  },
  {
    roleArn: 'arn:aws:iam::123456789012:role/Exact',
    holders: ['arn:aws:pipes:us-east-1:123456789012:pipe/p'],
    grants: [],
  },
  { roleArn: 'arn:aws:iam::123456789012:role/Idle', holders: [], grants: [{ actions: ['s3:*'], resources: ['*'] }] },
];

const WORKER = `app/Worker (function Greet, state machine Loan)
  sqs:SendMessage, sqs:PurgeQueue
    arn:aws:sqs:us-east-1:123456789012:q
    arn:aws:sqs:us-east-1:123456789012:r
`;

test('lists the grants that nothing used, by role', () => {
  expect(describeRoles({ roles: ROLES })).toBe(`Granted, and used by nothing since the start:

${WORKER}
Roles that made no call: 1 (--all lists their grants).
`);
});

test('with --all those of idle roles, too', () => {
  expect(describeRoles({ roles: ROLES }, true)).toBe(`Granted, and used by nothing since the start:

${WORKER}
Idle (made no call)
  s3:*
    *
`);
});

test('says so where nothing is too many', () => {
  expect(describeRoles({ roles: ROLES.slice(1, 2) })).toBe('Every grant has been used.\n');
});
