import { decisionError } from './contract';
import type { Decision } from './loan';

/** What the workflow's Retry and Catch name. */

/** The tables cannot take this now; trying again helps. */
export class LoansBusy extends Error {
  override readonly name = 'LoansBusy';
}

/** The item is no longer reserved for this loan. */
export class ReservationLost extends Error {
  override readonly name = 'ReservationLost';
}

/**
 * The reader, or the desk, has decided already, whatever the calendar is about to do. Named for the decision, as the workflow names
 * the ends of its branches; so wherever the calendar meets it, the workflow goes on as if the answer had come in time.
 */
export class ReaderDecided extends Error {
  /** @param version the version in which the execution speaks */
  constructor(decision: Decision, version: number) {
    super('It was decided before the calendar came to it.');
    this.name = decisionError(decision, version);
  }
}

/** The loan is not in the state that this step starts from: somebody changed it behind the workflow's back. */
export class LoanChanged extends Error {
  override readonly name = 'LoanChanged';
}

/** Nobody can be reached at this address, or the mail is one that no post office takes. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';

  /** @param reason the name of SES's error: its text may hold the address, and stays out of the execution's history */
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`SES answered ${reason}`, options);
  }
}

/**
 * The library itself may not send: SES has not verified its address, or has closed its account. Trying again does not help,
 * and no reader's address is to blame.
 */
export class SenderRefused extends Error {
  override readonly name = 'SenderRefused';
}

/** No mail can be sent now; trying again later helps. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}

/** It is night at the library: what a date sets off is mailed in the morning. */
export class QuietHours extends Error {
  override readonly name = 'QuietHours';
}

/** The reader is just borrowing the item: in some minutes it is lent, or kept as before. */
export class ItemIsBeingLent extends Error {
  override readonly name = 'ItemIsBeingLent';
}

/** The item is not put aside for this hold any more: it was picked up, cancelled, or ran out. */
export class HoldIsOver extends Error {
  override readonly name = 'HoldIsOver';
}
