import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { isoSecond, renewedDates, reopenedDates } from './calendar';
import { LoanChanged, ReaderDecided, ReservationLost } from './errors';
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
 * Turns the desk's reservation into a loan.
 *
 * @throws ReservationLost when the item went to somebody else meanwhile
 */
export async function registerLoan(loanId: string): Promise<Loan> {
  const loan = await getLoan(loanId);
  if (!loan || loan.status === 'void') throw new ReservationLost(`Loan ${loanId} was taken back`);
  if (loan.status !== 'registered') return loan;
  const registered = await writeIf(() =>
    tables.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: env.ITEMS_TABLE,
              Key: { itemId: loan.itemId },
              UpdateExpression: 'SET #status = :out REMOVE reservedUntil',
              ConditionExpression: 'loanId = :loanId',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':out': 'out', ':loanId': loanId },
            },
          },
          {
            Update: {
              TableName: env.LOANS_TABLE,
              Key: { loanId },
              UpdateExpression: 'SET #status = :onLoan',
              ConditionExpression: '#status = :registered',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':onLoan': 'onLoan', ':registered': 'registered' },
            },
          },
        ],
      }),
    ),
  );
  if (registered) return { ...loan, status: 'onLoan' };
  await update(loanId, {
    set: { status: 'void' },
    condition: '#status = :registered',
    values: { ':registered': 'registered' },
  });
  throw new ReservationLost(`Item ${loan.itemId} is no longer reserved for loan ${loanId}`);
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

/** Stores the reader's decision; undefined when this period has one already, or the item is not out (L1). */
export async function decide(loan: Loan, decision: Decision): Promise<Loan | undefined> {
  const status = { renew: 'onLoan', return: 'returning', lost: 'lossReported' }[decision];
  return update(loan.loanId, {
    set: { decision, decidedAt: isoSecond(Date.now()), status },
    condition: `period = :period AND attribute_not_exists(decision) AND #status = :onLoan${decision === 'renew' ? ' AND renewalsLeft > :none' : ''}`,
    values: { ':period': loan.period, ':onLoan': 'onLoan', ...(decision === 'renew' && { ':none': 0 }) },
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
    remove: ['decision', 'decidedAt', 'sealedToken'],
    condition: 'period = :before AND decision = :decided',
    values: { ':before': period, ':decided': decision },
  });
  if (!next) throw new LoanChanged(`Loan ${loan.loanId} has no decision '${decision}' in period ${period}`);
  return next;
}

/**
 * Ends the loan and says what becomes of the item.
 *
 * @throws ReaderDecided when the calendar gave the item up, but the reader had decided something
 */
export async function closeLoan(close: {
  loanId: string;
  period: number;
  outcome: Outcome;
  presumed: boolean;
  note?: string;
}): Promise<Loan> {
  const { loanId, period, outcome, presumed, note } = close;
  const loan = await requireLoan(loanId);
  if (loan.status === outcome) return loan;
  if (presumed && loan.decision) throw new ReaderDecided(loan.decision);
  const closedAt = isoSecond(Date.now());
  const closed = await writeIf(() =>
    tables.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: env.LOANS_TABLE,
              Key: { loanId },
              UpdateExpression: `SET #status = :outcome, closedAt = :now${note ? ', note = :note' : ''} REMOVE sealedToken`,
              ConditionExpression: `period = :period AND ${presumed ? 'attribute_not_exists(decision)' : 'attribute_exists(decision)'}`,
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':outcome': outcome,
                ':now': closedAt,
                ':period': period,
                ...(note && { ':note': note }),
              },
            },
          },
          {
            Update: {
              TableName: env.ITEMS_TABLE,
              Key: { itemId: loan.itemId },
              UpdateExpression: 'SET #status = :status REMOVE loanId',
              ConditionExpression: 'loanId = :loanId',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':status': outcome === 'returned' ? 'in' : outcome, ':loanId': loanId },
            },
          },
        ],
      }),
    ),
  );
  if (closed) return { ...loan, status: outcome, closedAt, ...(note && { note }) };
  const current = await requireLoan(loanId);
  if (presumed && current.decision) throw new ReaderDecided(current.decision);
  throw new LoanChanged(
    `Loan ${loanId} cannot be closed as ${outcome}: it is ${current.status} in period ${current.period}`,
  );
}

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
  const names = Object.keys(change.set);
  const written = await writeIf(() =>
    tables.send(
      new UpdateCommand({
        TableName: env.LOANS_TABLE,
        Key: { loanId },
        UpdateExpression: [
          `SET ${names.map((name) => `#${name} = :set_${name}`).join(', ')}`,
          ...(change.remove ? [`REMOVE ${change.remove.join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: change.condition,
        ExpressionAttributeNames: Object.fromEntries(
          [...new Set([...names, ...(change.condition.includes('#status') ? ['status'] : [])])].map((name) => [
            `#${name}`,
            name,
          ]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(names.map((name) => [`:set_${name}`, change.set[name]])),
          ...change.values,
        },
        ReturnValues: 'ALL_NEW',
      }),
    ),
  );
  return written?.Attributes as Loan | undefined;
}
