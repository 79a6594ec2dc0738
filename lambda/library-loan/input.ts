import * as v from 'valibot';
import { requireEnv } from '../shared/env';
import type { LoanPolicy } from './policy';

/** What every step of the workflow is called with; further fields are ignored, so that old executions may send them. */
const step = {
  loanId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}$/)),
  period: v.pipe(v.number(), v.integer(), v.minValue(0)),
};

export const registration = v.object({ loanId: step.loanId });
export const loanStep = v.object(step);
export const awaitedDecision = v.object({ ...step, taskToken: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)) });
export const closing = v.object({
  ...step,
  outcome: v.picklist(['returned', 'damaged', 'lost']),
  reason: v.optional(v.picklist(['reported', 'presumed'])),
  note: v.optional(v.string(), ''),
});
export const mailing = v.object({
  ...step,
  mail: v.picklist(['confirmation', 'reminder', 'due', 'renewed', 'receipt', 'damageFee', 'lostFee', 'notFound']),
});

export type MailKind = v.InferOutput<typeof mailing>['mail'];

export function readPolicy(): LoanPolicy {
  return JSON.parse(requireEnv('LOAN_POLICY').LOAN_POLICY) as LoanPolicy;
}
