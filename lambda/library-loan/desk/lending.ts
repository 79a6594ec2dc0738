import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { requireEnv } from '../../shared/env';
import { bodyText, json, Problem, type Response } from '../../shared/http';
import { log } from '../../shared/log';
import { answerTask } from '../answer';
import { reserve } from '../check-out';
import { contractVersion } from '../contract';
import { readPolicy } from '../input';
import { getItem } from '../items';
import { loanKeys } from '../keys';
import { isClosed, type Loan } from '../loan';
import { getLoan } from '../loan-rows';
import { decide } from '../loans';
import { mailStop } from '../mail/stops';
import { voidReservation } from '../reservations';
import { sweepSoon } from '../sweep-soon';
import { checkOutBody, id, parseBody, pathId } from './bodies';
import { type Answer, IdempotentRequest, respond } from './requests';
import { forDesk } from './shown';

/** Owns how the desk lends an item, looks at a loan, and cancels one. */
const env = requireEnv('LOAN_STATE_MACHINE_ARN');
const policy = readPolicy();
const sfn = new SFNClient();
const checkOut = checkOutBody(policy);

/** `POST /loans` */
export async function lend(event: APIGatewayProxyEventV2): Promise<Response> {
  const request = IdempotentRequest.of(event);
  const wanted = parseBody(checkOut, bodyText(event), 'loan');
  const before = await request?.answered();
  if (before) return again(before);
  const keys = await loanKeys();
  let loan: Loan;
  try {
    loan = await reserve(wanted, policy, keys, (made) => (request ? [request.record(answerFor(made))] : []));
  } catch (error) {
    // Of requests with one key that come at once, this one was not the first: it meets the first one's reservation.
    const meanwhile = error instanceof Problem ? await request?.answered() : undefined;
    if (meanwhile) return again(meanwhile);
    throw error;
  }
  const { loanId, dueAt } = loan;
  try {
    await start(loanId);
  } catch (error) {
    // Who has a key may ask again, and others with the same key may have been told of this loan already.
    if (request) throw error;
    const isVoid = await voidReservation(loanId, true).catch((again) => {
      log.error('reservation not taken back; the sweep will', { loanId, error: again });
      return true;
    });
    // Only the answer was lost: the execution began, and has taken the item over.
    if (isVoid) throw error;
  }
  log.info('item lent', { loanId, itemId: loan.itemId, dueAt });
  return respond(answerFor(loan));
}

/** Whoever came first may have died before the workflow began: its start is asked for again, and changes nothing if it had. */
async function again(answer: Answer): Promise<Response> {
  const { loanId } = answer.body as { loanId: string };
  const loan = await getLoan(loanId);
  const isLeft = loan?.status === 'registered';
  if (loan?.status === 'void' || (isLeft && (await getItem(loan.itemId))?.loanId !== loanId)) {
    throw new Problem(
      409,
      'Reservation ran out',
      'The loan did not begin in time. Ask again with a new Idempotency-Key.',
    );
  }
  if (isLeft) await start(loanId);
  return respond(answer);
}

async function start(loanId: string): Promise<void> {
  await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: env.LOAN_STATE_MACHINE_ARN,
      name: loanId,
      input: JSON.stringify({ version: contractVersion, loanId }),
    }),
  );
}

function answerFor({ loanId, status, dueAt }: Loan): Answer {
  return { status: 201, body: { loanId, status, dueAt }, location: `/loans/${loanId}` };
}

/** `GET /loans/{loanId}` */
export async function show(event: APIGatewayProxyEventV2): Promise<Response> {
  const loan = await known(event);
  const { mailRefused } = loan;
  return json(200, { ...forDesk(loan), mailStopped: await mailStop(loan.customer.email), mailRefused });
}

/**
 * `POST /loans/{loanId}/cancel`: 202 with the loan while it is being cancelled, 200 once it is. It is a decision like the
 * reader's: stored first, at most one in a period, then answered; who comes second is told what was decided.
 */
export async function cancel(event: APIGatewayProxyEventV2): Promise<Response> {
  const loan = await known(event);
  if (!loan.decision && !isClosed(loan)) await sweepSoon(`${loan.loanId}-${loan.period}`);
  const decided = (await decide(loan, 'cancel')) ?? (await known(event));
  if (decided.status === 'cancelled') return json(200, forDesk(decided));
  if (decided.decision !== 'cancel') throw notCancellable(decided);
  // Whatever keeps the answer from its task, the sweep makes up for it.
  await answerTask(decided, await loanKeys()).catch((error) => {
    log.error('loan cancelled, but its task could not be answered', { loanId: loan.loanId, error });
  });
  log.info('loan cancelled', { loanId: loan.loanId });
  return json(202, forDesk(decided));
}

function notCancellable(loan: Loan): Problem {
  const why = isClosed(loan)
    ? `The loan is closed: ${loan.status}.`
    : loan.status === 'registered'
      ? 'The loan is just being registered. Try again in a moment.'
      : loan.decision === undefined
        ? 'The loan has changed in this moment. Try again.'
        : `The reader was faster: ${loan.decision}.`;
  return new Problem(409, 'Loan cannot be cancelled', why);
}

async function known(event: APIGatewayProxyEventV2): Promise<Loan> {
  const loan = await getLoan(pathId(id, event.pathParameters?.loanId, 'loan'));
  if (!loan) throw new Problem(404, 'Unknown loan', 'There is no such loan.');
  return loan;
}
