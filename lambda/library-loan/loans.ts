import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { renewedDates, reopenedDates } from './calendar';
import { isoSecond } from './days';
import { LoanChanged, LoansBusy, ReaderDecided, ReservationLost } from './errors';
import { free, type Item, type ItemChange } from './item';
import { attempts, getItem, itemUpdate } from './items';
import { type Decision, isClosed, type Loan, type Outcome } from './loan';
import type { LoanPolicy } from './policy';
import { readNow, tables, writeIf } from './tables';

/**
 * Owns every change of a loan after its check-out. Each is one conditional write, so that
 *
 * L1 a decision is stored at most once in a period, and only while the item is out;
 * L2 the token and the decision of a period live on one item: whoever writes second sees what the first one wrote;
 * L3 a step that is tried again after it succeeded changes nothing and answers the same.
 */
const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE');

export async function getLoan(loanId: string): Promise<Loan | undefined> {
  const read = await readNow(() =>
    tables.send(new GetCommand({ TableName: env.LOANS_TABLE, Key: { loanId }, ConsistentRead: true })),
  );
  return read.Item as Loan | undefined;
}

/** @throws LoanChanged when there is none */
export async function requireLoan(loanId: string): Promise<Loan> {
  const loan = await getLoan(loanId);
  if (!loan) throw new LoanChanged(`There is no loan ${loanId}`);
  return loan;
}

/**
 * Turns the desk's reservation into a loan; a hold that it fulfils leaves the queue.
 *
 * @param workflowVersion the version in which the execution speaks
 * @throws ReservationLost when the item went to somebody else meanwhile
 */
export async function registerLoan(loanId: string, workflowVersion: number): Promise<Loan> {
  const registered = await withItem(loanId, async (loan, item) => {
    if (loan.status === 'void') throw new ReservationLost(`Loan ${loanId} was taken back`);
    if (loan.status !== 'registered') return loan;
    if (item?.loanId !== loanId) return makeVoid(loan);
    return {
      loan: {
        set: { status: 'onLoan', workflowVersion },
        condition: '#status = :registered',
        values: { ':registered': 'registered' },
      },
      item: takenOut(item, loan.holdId),
    };
  });
  if (registered) return registered;
  throw new ReservationLost(`Loan ${loanId} holds no item`);
}

function takenOut(item: Item, holdId: string | undefined): ItemChange {
  if (holdId === undefined) return { set: { status: 'out' }, remove: ['reservedUntil'] };
  return {
    set: { status: 'out', queue: (item.queue ?? []).filter((hold) => hold.holdId !== holdId) },
    remove: ['reservedUntil', 'heldFor', 'pickUpBy', 'lapsesAt', 'offerPending', 'offeredAt', 'holdMails'],
  };
}

async function makeVoid({ loanId }: Loan): Promise<undefined> {
  await update(loanId, {
    set: { status: 'void' },
    condition: '#status = :registered',
    values: { ':registered': 'registered' },
  });
  return undefined;
}

/** Leaves the newest task token with the loan and answers the loan, with the decision if one came before. */
export async function storeToken(loanId: string, period: number, sealedToken: string): Promise<Loan> {
  const loan = await update(loanId, {
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
  if (decision !== 'renew') return update(loan.loanId, change);
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
  await update(loanId, {
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
  const next = await update(loan.loanId, {
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

/**
 * Changes a loan and its item in one transaction.
 *
 * @param plan both changes, of both as they are read; a loan, to answer it as it is; nothing, to give up. It may throw, and
 *   is asked again when somebody else was faster.
 * @returns the loan as it is then; undefined when given up, or when there is none
 * @throws LoansBusy when others were faster again and again
 */
async function withItem(
  loanId: string,
  plan: (loan: Loan, item: Item | undefined) => Plan | Promise<Plan>,
): Promise<Loan | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const loan = await getLoan(loanId);
    if (!loan) return undefined;
    const item = await getItem(loan.itemId);
    const planned = await plan(loan, item);
    if (!planned || 'loanId' in planned) return planned;
    const { loan: loanChange, item: itemChange } = planned;
    const written = await writeIf(() =>
      tables.send(
        new TransactWriteCommand({
          TransactItems: [{ Update: loanUpdate(loanId, loanChange) }, { Update: itemUpdate(item as Item, itemChange) }],
        }),
      ),
    );
    if (written) return { ...loan, ...loanChange.set } as Loan;
  }
  throw new LoansBusy(`Loan ${loanId} is being changed by many`);
}

type Plan = { readonly loan: Change; readonly item: ItemChange } | Loan | undefined;

/** Remembers that a mail went out, so that a repeated step does not send it again. */
export async function rememberMail(loanId: string, mail: string): Promise<void> {
  await writeIf(() =>
    tables.send(
      new UpdateCommand({
        TableName: env.LOANS_TABLE,
        Key: { loanId },
        UpdateExpression: 'ADD mailed :mail',
        ConditionExpression: 'attribute_exists(loanId)',
        ExpressionAttributeValues: { ':mail': new Set([mail]) },
      }),
    ),
  );
}

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** May use `#status`, and the `values` given. */
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Changes a loan under a condition; answers the whole loan, or undefined when the condition did not hold. */
async function update(loanId: string, change: Change): Promise<Loan | undefined> {
  const written = await writeIf(() =>
    tables.send(new UpdateCommand({ ...loanUpdate(loanId, change), ReturnValues: 'ALL_NEW' })),
  );
  return written?.Attributes as Loan | undefined;
}

function loanUpdate(loanId: string, { set, remove = [], condition, values }: Change) {
  const names = Object.keys(set);
  const named = [...new Set([...names, ...(condition.includes('#status') ? ['status'] : [])])];
  return {
    TableName: env.LOANS_TABLE,
    Key: { loanId },
    UpdateExpression: [
      ...(names.length > 0 ? [`SET ${names.map((name) => `#${name} = :set_${name}`).join(', ')}`] : []),
      ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: condition,
    ...(named.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
    }),
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:set_${name}`, set[name]])),
      ...values,
    },
  };
}
