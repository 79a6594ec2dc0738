import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { denialLine } from '../../local/cli/denial-line';
import type { Denial } from '../../local/services/iam/permissions';

function line(holder: string, more: Partial<Denial> = {}): string {
  const session = { roleArn: 'arn:aws:iam::123456789012:role/app/Worker', sessionName: 's', holder };
  const refusal = { kind: 'implicit', policy: 'identity-based policy' } as const;
  const resource = 'arn:aws:sqs:us-east-1:123456789012:q';
  return denialLine({ at: 0, session, action: 'sqs:SendMessage', resource, refusal, enforced: false, ...more });
}

const SENDS = 'may not do sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q';
const DONE = 'It was done here; AWS would refuse it.';

test.each([
  ['arn:aws:lambda:us-east-1:123456789012:function:Greet', 'The function Greet'],
  ['arn:aws:states:us-east-1:123456789012:stateMachine:Loan', 'The state machine Loan'],
  ['arn:aws:events:us-east-1:123456789012:rule/bus/Nightly', 'The rule Nightly'],
  ['arn:aws:scheduler:us-east-1:123456789012:schedule/default/Sweep', 'The schedule Sweep'],
  ['arn:aws:pipes:us-east-1:123456789012:pipe/Repairs', 'The pipe Repairs'],
  ['arn:aws:apigateway:us-east-1::/apis/a1b2', 'The API a1b2'],
])('tells who: %s', (holder, who) => {
  expect(line(holder)).toBe(`${who} ${SENDS}: no policy of its role Worker allows it. ${DONE}`);
});

test('tells why, and what became of it', () => {
  const pipe = 'arn:aws:pipes:us-east-1:123456789012:pipe/p';
  const why = (kind: 'explicit' | 'implicit', policy: Denial['refusal']['policy']) =>
    line(pipe, { refusal: { kind, policy } }).replace(`The pipe p ${SENDS}: `, '').replace(` ${DONE}`, '');
  expect([
    why('explicit', 'identity-based policy'),
    why('explicit', 'resource-based policy'),
    why('explicit', 'permissions boundary'),
    why('implicit', 'permissions boundary'),
  ]).toEqual([
    'a policy of its role Worker denies it.',
    'the policy on the resource denies it to its role Worker.',
    'the permissions boundary of its role Worker denies it.',
    'the permissions boundary of its role Worker does not allow it.',
  ]);
  expect(line(pipe, { enforced: true, action: 'cloudwatch:PutMetricData', resource: '*' })).toBe(
    'The pipe p may not do cloudwatch:PutMetricData: no policy of its role Worker allows it. It was refused, as on AWS.',
  );
});

test.each(['README.md', 'docs/iam.md'])('%s shows it as it is told', (page) => {
  const session = {
    roleArn: 'arn:aws:iam::123456789012:role/Orders-CreditRole-3c1d7b21',
    sessionName: 's',
    holder: 'arn:aws:lambda:us-east-1:123456789012:function:Orders-Credit-61a4a83f',
  };
  const resource = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders';
  const told = line('', { session, action: 'dynamodb:PutItem', resource });
  expect(readFileSync(join(__dirname, '../..', page), 'utf8')).toContain(`\n2026-11-28 09:41:07 UTC  ${told}\n`);
});
