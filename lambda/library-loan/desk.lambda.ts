import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { requireEnv } from '../shared/env';
import { bodyText, json, Problem, type Response } from '../shared/http';
import { describeIssues } from '../shared/input';
import { log } from '../shared/log';
import { mailAddress } from './address';
import { reserve, takeBack } from './check-out';
import { readPolicy } from './input';
import { loanKeys } from './keys';
import type { Loan } from './loan';
import { getLoan } from './loans';
import { mailStop } from './mail/stops';
import { oneLineOf } from './wording';

const env = requireEnv('STATE_MACHINE_ARN');
const policy = readPolicy();
const sfn = new SFNClient();

const checkOutSchema = v.strictObject({
  itemId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)),
  title: v.optional(oneLineOf(200)),
  customer: v.strictObject({
    name: oneLineOf(100),
    email: mailAddress,
  }),
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(policy.maxDays))),
});

/** The library's desk: `POST /loans` and `GET /loans/{loanId}`. */
export async function handler(event: APIGatewayProxyEventV2): Promise<Response> {
  try {
    if (event.routeKey === 'POST /loans') return await lend(event);
    if (event.routeKey === 'GET /loans/{loanId}') return await show(event.pathParameters?.loanId ?? '');
    throw new Problem(404, 'Not found', 'There is nothing here.');
  } catch (error) {
    if (error instanceof Problem) return error.response;
    log.error('desk request failed', { route: event.routeKey, error });
    return new Problem(503, 'Not now', 'The library cannot do this at the moment. Nothing was lent; try again.')
      .response;
  }
}

async function lend(event: APIGatewayProxyEventV2): Promise<Response> {
  const checkOut = parseCheckOut(bodyText(event));
  const keys = await loanKeys();
  const loan = await reserve(checkOut, policy, keys);
  const { loanId, status, dueAt } = loan;
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: env.STATE_MACHINE_ARN,
        name: loanId,
        input: JSON.stringify({ version: 1, loanId }),
      }),
    );
  } catch (error) {
    // Should this fail too, the reservation runs out by itself.
    const takenBack = await takeBack(loan, keys).catch((again) => {
      log.error('reservation not taken back', { loanId, error: again });
      return true;
    });
    // Only the answer was lost: the execution began, and has taken the item over.
    if (takenBack) throw error;
  }
  log.info('item lent', { loanId, itemId: loan.itemId, dueAt });
  return json(201, { loanId, status, dueAt }, { location: `/loans/${loanId}` });
}

async function show(loanId: string): Promise<Response> {
  const loan = /^[A-Za-z0-9-]{1,64}$/.test(loanId) ? await getLoan(loanId) : undefined;
  if (!loan || loan.status === 'void') throw new Problem(404, 'Unknown loan', 'There is no such loan.');
  return json(200, { ...forDesk(loan), mailStopped: await mailStop(loan.customer.email) });
}

/** What the desk sees of a loan: everything but the token. */
const shown = [
  'loanId',
  'status',
  'itemId',
  'title',
  'customer',
  'registeredAt',
  'dueAt',
  'renewalsLeft',
  'decision',
  'decidedAt',
  'closedAt',
  'note',
] as const satisfies readonly (keyof Loan)[];

function forDesk(loan: Loan) {
  return Object.fromEntries(shown.map((field) => [field, loan[field]]));
}

function parseCheckOut(body: string): v.InferOutput<typeof checkOutSchema> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Problem(400, 'Not JSON', 'The body must be a JSON object.');
  }
  const result = v.safeParse(checkOutSchema, value);
  if (result.success) return result.output;
  const errors = describeIssues(result.issues);
  throw new Problem(400, 'Not a valid loan', errors.join('; '), errors);
}
