import * as v from 'valibot';
import { requireEnv } from '../shared/env';
import { version } from './contract';
import type { LoanPolicy } from './policy';

/** What every step of the workflow is called with; further fields are ignored, so that old executions may send them. */
const step = {
  version,
  loanId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}$/)),
  period: v.pipe(v.number(), v.integer(), v.minValue(0)),
};

export const registration = v.object({ version, loanId: step.loanId });
export const loanStep = v.object(step);
const taskToken = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
export const awaitedDecision = v.object({ ...step, taskToken });
export const closing = v.object({
  ...step,
  outcome: v.picklist(['returned', 'damaged', 'lost', 'cancelled']),
  reason: v.optional(v.picklist(['reported', 'presumed'])),
  note: v.optional(v.string(), ''),
});
export const mailing = v.object({
  ...step,
  mail: v.picklist([
    'confirmation',
    'reminder',
    'due',
    'overdue',
    'renewed',
    'receipt',
    'cancelled',
    'damageFee',
    'lostFee',
    'notFound',
  ]),
});

const holdStepFields = {
  version,
  itemId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)),
  holdId: step.loanId,
};
export const holdStep = v.object(holdStepFields);
export const awaitedPickUp = v.object({ ...holdStepFields, taskToken });
export const holdMailing = v.object({ ...holdStepFields, mail: v.picklist(['holdReady', 'holdLapsed']) });

export type HoldMailKind = v.InferOutput<typeof holdMailing>['mail'];

export type MailKind = v.InferOutput<typeof mailing>['mail'];

export function readPolicy(): LoanPolicy {
  return JSON.parse(requireEnv('LOAN_POLICY').LOAN_POLICY) as LoanPolicy;
}
