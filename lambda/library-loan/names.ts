/** The indexes of the library's tables, as stacks make them and functions read them. */

/** Loans by status, the newest first. */
export const loansByStatus = 'byStatus';
/** Loans with a decision whose task is still to be answered, the oldest first. */
export const unansweredLoans = 'unanswered';
/** Items that are put aside for a reader whose pick-up has not begun, the oldest first. */
export const pendingOffers = 'pendingOffers';
