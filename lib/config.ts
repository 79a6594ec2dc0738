import * as v from 'valibot';
import { mailAddress } from '../lambda/library-loan/address';
import {
  isQuietHour,
  type LibraryHours,
  longestClosure,
  longestQuietHours,
  mailRetryHours,
} from '../lambda/library-loan/opening';
import { oneLineOf } from '../lambda/library-loan/wording';

/**
 * Owns what differs from one stage to the next, and its defaults: with an empty configuration the app synthesizes.
 * `cdk.json` holds one block per stage under `context.stepwright`; `cdk synth -c stage=prod` picks the block `prod`.
 */
const days = (defaultValue: number, max: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)), defaultValue);

/** The periods that CloudWatch Logs accepts, in days. */
const logRetentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** Beyond this day nothing keeps a loan open; with the last inspection it still fits in the year an execution may last. */
export const longestLoanDays = 340;

const loan = v.pipe(
  v.strictObject({
    /** How long an item is lent when the desk says nothing. */
    days: days(21, 90),
    /** The longest that the desk may lend an item. */
    maxDays: days(60, 90),
    /** The reminder goes out this long before the item is due. */
    remindDaysBefore: days(3, 30),
    /** After the due date, until the reader is told that the item is overdue. */
    overdueDays: days(2, 60),
    /** After the due date, until the librarian is asked to step in. */
    graceDays: days(7, 60),
    /** After the grace period, until the item is presumed lost. */
    lostAfterDays: days(30, 120),
    /** How often a reader may renew. */
    renewals: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)), 2),
    /** The links in the mails live this long after the item would be presumed lost. */
    linkDaysAfterLoan: days(30, 120),
    /** How long an item that came back is kept for the reader whose turn it is. */
    pickUpDays: days(7, 60),
    /** How many readers may wait for one item. */
    longestQueue: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)), 20),
  }),
  v.check((l) => l.days <= l.maxDays, 'days must not be more than maxDays'),
  v.check((l) => l.overdueDays < l.graceDays, 'overdueDays must be less than graceDays'),
);

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));

/** When the library is there: days and hours by the clocks of its time zone. */
const calendar = v.pipe(
  v.strictObject({
    /** An IANA name: 'Europe/Berlin'. */
    timeZone: v.optional(v.pipe(v.string(), v.check(isTimeZone, 'not a time zone')), 'UTC'),
    /** The hour at which loans are reminded of, due, overdue, escalated and given up. */
    mailHour: v.optional(hour, 9),
    /** From this hour until that one, over midnight as a rule, nothing is mailed that a date alone sets off. */
    quietHours: v.optional(v.strictObject({ from: hour, until: hour }), { from: 20, until: 8 }),
    closedWeekdays: v.optional(v.pipe(v.array(v.picklist(weekdays)), v.maxLength(6)), []),
    /** '2026-12-24', or '12-25' for every year; what would be due then is due on the next open day. */
    closedDates: v.optional(v.array(v.pipe(v.string(), v.check(isDate, 'not a date'))), []),
  }),
  v.transform(
    ({ closedWeekdays, ...others }): LibraryHours => ({
      ...others,
      closedWeekdays: closedWeekdays.map((name) => weekdays.indexOf(name)),
    }),
  ),
  v.check(
    ({ quietHours: { from, until } }) => (until - from + 24) % 24 <= longestQuietHours,
    `quietHours must not be more than ${longestQuietHours}: mails are held back no longer`,
  ),
  v.check(
    ({ mailHour, quietHours }) =>
      Array.from({ length: mailRetryHours }, (_, later) => (mailHour + later) % 24).every(
        (tried) => !isQuietHour(tried, quietHours),
      ),
    `mailHour and the ${mailRetryHours} hours from it, in which a mail may be tried again, must not be in quietHours`,
  ),
);

/** Who may use an API by a token of theirs: an OpenID Connect provider, and the audiences it names in tokens for this API. */
const tokenAuthorizer = v.strictObject({
  issuer: v.pipe(
    v.string(),
    v.regex(/^(https:\/\/|http:\/\/127\.0\.0\.1:)[^\s?#]+$/, 'not an https URL (on this machine, http://127.0.0.1:…)'),
  ),
  audience: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
  /** A token must hold one of these, when there are any. */
  scopes: v.optional(v.array(v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'not a scope'))), []),
});

const game = v.strictObject({
  /** Express costs cents where Standard costs hundreds of dollars a million, and keeps no history but its log. */
  workflowType: v.optional(v.picklist(['EXPRESS', 'STANDARD']), 'EXPRESS'),
  /** The game's API asks IAM when left out. */
  playerAuthorizer: v.optional(tokenAuthorizer),
});

const library = v.pipe(
  v.strictObject({
    name: v.optional(oneLineOf(80), 'Stepwright Public Library'),
    /** The address that mails come from: SES must be allowed to send for it. */
    sender: v.optional(mailAddress, 'library@example.com'),
    /**
     * Whether the stack makes the SES identity of the sender, an address that SES then mails a link to confirm; or one exists
     * already in the account and region: the address itself, its domain, or a parent of that.
     */
    senderIdentity: v.optional(v.picklist(['create', 'existing']), 'create'),
    /** Who is told of overdue items; nobody by mail when left out (the topic remains). */
    librarianEmail: v.optional(mailAddress),
    /** Where readers reach the pages behind the links; the HTTP API's own address when left out. */
    baseUrl: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s?#/])?$/, 'not a URL without a trailing slash'),
        // A link in clear is anybody's on the way; a laptop is no way.
        v.regex(/^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])([:/]|$)/, 'not an https URL'),
        v.check(URL.canParse, 'not a URL'),
      ),
    ),
    loan: v.optional(loan, {}),
    calendar: v.optional(calendar, {}),
    /** The desk's API asks IAM when left out. */
    deskAuthorizer: v.optional(tokenAuthorizer),
  }),
  v.check(
    ({ loan: l, calendar: hours }) =>
      (l.maxDays + longestClosure(hours, '2026-01-01') + 1 + l.graceDays + l.lostAfterDays) * (l.renewals + 1) <=
      longestLoanDays,
    `(loan.maxDays + the longest closure + 1 + loan.graceDays + loan.lostAfterDays) x (loan.renewals + 1) must not be more than ${longestLoanDays} days: an execution lasts a year at most`,
  ),
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Of this year or of any: 29 February is one. */
function isDate(text: string): boolean {
  const full = /^\d{2}-\d{2}$/.test(text) ? `2028-${text}` : text;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(full)) return false;
  const ms = Date.parse(`${full}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(full);
}

const stageConfig = v.strictObject({
  /** Where failures and alarms are told; the topic alone when left out. */
  operationsEmail: v.optional(mailAddress),
  logRetentionDays: v.optional(v.picklist(logRetentionDays), 90),
  /** Tables and buckets outlive their stack. */
  retainData: v.optional(v.boolean(), true),
  library: v.optional(library, {}),
  game: v.optional(game, {}),
});

const stageName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,15}$/, 'expected a to z, 0 to 9 and "-", at most 16'));

export type LoanConfig = v.InferOutput<typeof loan>;
export type LibraryConfig = v.InferOutput<typeof library>;
export type StageConfig = v.InferOutput<typeof stageConfig> & { readonly stage: string };

/** The configuration cannot be used; the message names every path and what is wrong there. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the stage's configuration from CDK context.
 *
 * @param context answers a context key, as `app.node.tryGetContext` does
 * @throws ConfigError
 */
export function readConfig(context: (key: string) => unknown): StageConfig {
  const stage = parse(stageName, context('stage') ?? 'dev', 'stage');
  const blocks = parse(v.record(v.string(), v.unknown()), context('stepwright') ?? {}, 'stepwright');
  const known = Object.keys(blocks);
  if (known.length > 0 && !Object.hasOwn(blocks, stage)) {
    const stages = known.map((name) => `'${name}'`).join(', ');
    throw new ConfigError(
      `The configuration (cdk.json, context) has no stage '${stage}' in stepwright, but ${stages}.`,
    );
  }
  return { ...parse(stageConfig, blocks[stage] ?? {}, `stepwright.${stage}`), stage };
}

function parse<S extends v.GenericSchema>(schema: S, value: unknown, at: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const problems = result.issues.map(
    (issue) => `${[at, v.getDotPath(issue)].filter(Boolean).join('.')}: ${issue.message}`,
  );
  throw new ConfigError(`The configuration (cdk.json, context) cannot be used:\n  ${problems.join('\n  ')}`);
}
