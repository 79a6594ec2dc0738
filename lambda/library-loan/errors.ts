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
 * The reader has decided already, whatever the calendar is about to do. Named for the decision, as the workflow names
 * the ends of its branches; so wherever the calendar meets it, the workflow goes on as if the answer had come in time.
 */
export class ReaderDecided extends Error {
  constructor(decision: Decision) {
    super('The reader decided before the calendar came to it.');
    this.name = decisionErrors[decision];
  }
}

const decisionErrors = { renew: 'RenewalAsked', return: 'ReturnAnnounced', lost: 'LostReported' } as const;

/** The loan is not in the state that this step starts from: somebody changed it behind the workflow's back. */
export class LoanChanged extends Error {
  override readonly name = 'LoanChanged';
}

/** Nobody can be reached at this address, or the mail is one that no post office takes. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
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
