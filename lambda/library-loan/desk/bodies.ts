import * as v from 'valibot';
import { Problem } from '../../shared/http';
import { describeIssues } from '../../shared/input';
import { mailAddress } from '../address';
import type { LoanPolicy } from '../policy';
import { oneLineOf } from '../wording';

/** Owns what the desk's requests may hold; the OpenAPI document says the same (docs/library-api.openapi.json). */
const title = oneLineOf(200);
const customer = v.strictObject({
  name: oneLineOf(100),
  email: mailAddress,
});

export const itemId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/));
export const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}$/));

export const checkOutBody = (policy: LoanPolicy) =>
  v.strictObject({
    itemId,
    title: v.optional(title),
    customer,
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(policy.maxDays))),
  });
export const itemBody = v.strictObject({ title });
export const holdBody = v.strictObject({ customer });

/**
 * The request's body.
 *
 * @param what what it should be, for the problem's title: 'loan'
 * @throws Problem 400 that names every field and what is wrong there
 */
export function parseBody<S extends v.GenericSchema>(schema: S, body: string, what: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Problem(400, 'Not JSON', 'The body must be a JSON object.');
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const errors = describeIssues(result.issues);
  throw new Problem(400, `Not a valid ${what}`, errors.join('; '), errors);
}

/** What a path's variable stands for; one that no resource could have is simply not there. @throws Problem 404 */
export function pathId(schema: typeof id, value: string | undefined, what: string): string {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new Problem(404, `Unknown ${what}`, `There is no such ${what}.`);
}
