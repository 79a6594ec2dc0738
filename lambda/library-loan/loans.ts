import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { renewedDates, reopenedDates } from './calendar';
import { isoSecond } from './days';
import { LoanChanged, ReaderDecided } from './errors';
import { free, type ItemChange } from './item';
import { type Decision, isClosed, type Loan, type MailRefusal, type Outcome } from './loan';
import { type Change, loanUpdate, requireLoan, updateLoan, withItem } from './loan-rows';
import type { LoanPolicy } from './policy';
import { tables, writeIf } from './tables';

/**
 * Owns every change of a loan that the workflow has taken over. Each is one conditional write, so that
 *
 * L1 a decision is stored at most once in a period, and only while the item is out;
 * L2 the token and the decision of a period live on one item: whoever writes second sees what the first one wrote;
 * L3 a step that is tried again after it succeeded changes nothing and answers the same.
 */
const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE');

/** Leaves the newest task token with the loan and answers the loan, with the decision if one came before. */
export async function storeToken(loanId: string, period: number, sealedToken: string): Promise<Loan> {
  const loan = await updateLoan(loanId, {
    set: { sealedToken },
    condition: 'period = :period',
    values: { ':period': period },
  });
  if (!loan) throw new LoanChanged(`Period ${period} of loan ${loanId} is over`);
  return loan;
}

/**
 * Stores a decision; undefined when this period has one already, or the item is not out (L1), and for a renewal when none
 * is left or somebody waits for the item.
 */
export async function decide(loan: Loan, decision: Decision): Promise<Loan | undefined> {
  const status = { renew: 'onLoan', return: 'returning', lost: 'lossReported', cancel: 'cancelling' }[decision];
  const change: Change = {
    set: { decision, decidedAt: isoSecond(Date.now()), status, unanswered: 'yes' },
    condition: `period = :period AND attribute_not_exists(decision) AND #status = :onLoan${decision === 'renew' ? ' AND renewalsLeft > :none' : ''}`,
    values: { ':period': loan.period, ':onLoan': 'onLoan', ...(decision === 'renew' && { ':none': 0 }) },
  };
  if (decision !== 'renew') return updateLoan(loan.loanId, change);
  const nobodyWaits = {
    TableName: env.ITEMS_TABLE,
    Key: { itemId: loan.itemId },
    ConditionExpression: 'attribute_not_exists(#queue) OR size(#queue) = :none',
    ExpressionAttributeNames: { '#queue': 'queue' },
    ExpressionAttributeValues: { ':none': 0 },
  };
  const stored = await writeIf(() =>
    tables.send(
      new TransactWriteCommand({
        TransactItems: [{ Update: loanUpdate(loan.loanId, change) }, { ConditionCheck: nobodyWaits }],
      }),
    ),
  );
  // A token that came between the two writes found the decision by itself (L2).
  return stored && requireLoan(loan.loanId);
}

/** The task is answered, or needs no answer any more: the sweep may leave the decision alone. */
export async function markAnswered({ loanId, period }: Loan): Promise<void> {
  await updateLoan(loanId, {
    set: {},
    remove: ['unanswered'],
    condition: 'period = :period',
    values: { ':period': period },
  });
}

/** Carries out a renewal: new dates, a new period without a decision. */
export async function renewLoan(loanId: string, period: number, policy: LoanPolicy): Promise<Loan> {
  const loan = await requireLoan(loanId);
  return nextPeriod(loan, period, 'renew', {
    ...renewedDates(loan.dueAt, loan.days, Date.now(), policy, loan.closesBy),
    renewalsLeft: loan.renewalsLeft - 1,
  });
}

/** Gives the loan back to the reader: the announced return was not found. */
export async function reopenLoan(loanId: string, period: number, policy: LoanPolicy): Promise<Loan> {
  const loan = await requireLoan(loanId);
  return nextPeriod(loan, period, 'return', {
    ...reopenedDates(loan, Date.now(), policy, loan.closesBy),
    status: 'onLoan',
  });
}

async function nextPeriod(loan: Loan, period: number, decision: Decision, set: Record<string, unknown>): Promise<Loan> {
  // Tried again after it succeeded (L3).
  if (loan.period === period + 1 && !isClosed(loan)) return loan;
  const next = await updateLoan(loan.loanId, {
    set: { ...set, period: period + 1, lastDecision: decision },
    remove: ['decision', 'decidedAt', 'unanswered', 'sealedToken'],
    condition: 'period = :before AND decision = :decided',
    values: { ':before': period, ':decided': decision },
  });
  if (!next) throw new LoanChanged(`Loan ${loan.loanId} has no decision '${decision}' in period ${period}`);
  return next;
}

/**
 * Ends the loan and says what becomes of the item: it is free for the next reader, or off the shelf. A loan that the desk
 * cancelled ends as cancelled, whatever end its execution knows.
 *
 * @throws ReaderDecided when the calendar gave the item up, but something had been decided
 */
export async function closeLoan(close: {
  loanId: string;
  period: number;
  outcome: Outcome;
  presumed: boolean;
  note?: string;
  /** The version in which the execution speaks. */
  version: number;
}): Promise<Loan> {
  const { loanId, period, presumed, note, version } = close;
  const closed = await withItem(loanId, (loan, item) => {
    const outcome = loan.decision === 'cancel' ? 'cancelled' : close.outcome;
    if (loan.status === outcome) return loan;
    if (presumed && loan.decision) throw new ReaderDecided(loan.decision, version);
    if (isClosed(loan) || loan.period !== period || (!presumed && !loan.decision) || item?.loanId !== loanId) {
      throw new LoanChanged(
        `Loan ${loanId} cannot be closed as ${outcome}: it is ${loan.status} in period ${loan.period}`,
      );
    }
    const now = isoSecond(Date.now());
    const freed = outcome === 'returned' || outcome === 'cancelled';
    const itemChange: ItemChange = freed
      ? free(item.queue ?? [], now)
      : { set: { status: outcome }, remove: ['loanId'] };
    const nextHoldId = itemChange.set.heldFor;
    return {
      loan: {
        set: { status: outcome, closedAt: now, ...(note && { note }), ...(nextHoldId !== undefined && { nextHoldId }) },
        remove: ['sealedToken', 'unanswered'],
        condition: `period = :period AND attribute_not_exists(closedAt) AND ${presumed ? 'attribute_not_exists(decision)' : 'attribute_exists(decision)'}`,
        values: { ':period': period },
      },
      item: itemChange,
    };
  });
  if (!closed) throw new LoanChanged(`Loan ${loanId} is gone`);
  return closed;
}

/** Remembers for the desk that the reader's address refuses mail, until one goes out again. */
export async function rememberRefusal(loanId: string, refusal: Omit<MailRefusal, 'at'>): Promise<void> {
  await updateLoan(loanId, {
    set: { mailRefused: { ...refusal, at: isoSecond(Date.now()) } },
    condition: 'attribute_exists(loanId)',
  });
}

/** Remembers that a mail went out, so that a repeated step does not send it again. */
export async function rememberMail(loanId: string, mail: string): Promise<void> {
  await writeIf(() =>
    tables.send(
      new UpdateCommand({
        TableName: env.LOANS_TABLE,
        Key: { loanId },
        UpdateExpression: 'ADD mailed :mail REMOVE mailRefused',
        ConditionExpression: 'attribute_exists(loanId)',
        ExpressionAttributeValues: { ':mail': new Set([mail]) },
      }),
    ),
  );
}
