import type { Hold, Item } from '../lambda/library-loan/item';
import type { Loan } from '../lambda/library-loan/loan';

/** The virtual moment at which previews are written. */
export const now = Date.parse('2026-03-19T10:00:00Z');

const loan: Loan = {
  loanId: '00000000-0000-4000-8000-000000000000',
  itemId: 'book-42',
  title: 'Middlemarch',
  customer: { name: 'Grace Hopper', email: 'grace@example.com' },
  status: 'onLoan',
  days: 21,
  registeredAt: '2026-03-01T10:00:00Z',
  closesBy: '2027-02-04T10:00:00Z',
  remindAt: '2026-03-19T10:00:00Z',
  dueAt: '2026-03-22T10:00:00Z',
  graceEndsAt: '2026-03-29T10:00:00Z',
  presumedLostAt: '2026-04-28T10:00:00Z',
  period: 0,
  renewalsLeft: 2,
  note: 'The cover is torn, and page 12 is wet.',
};

const named = (name: string, email: string, title: string, more: Partial<Loan> = {}): Loan => ({
  ...loan,
  title,
  customer: { name, email },
  ...more,
});

/** Loans with names and titles that a template must bear, by what is awkward about them. */
export const samples: Readonly<Record<string, Loan>> = {
  plain: loan,
  'last-renewal': { ...loan, renewalsLeft: 0, decision: 'lost' },
  arabic: named('ليلى القاسم', 'layla@example.com', 'ألف ليلة وليلة (الجزء 1)', { note: 'الغلاف ممزق.' }),
  hebrew: named('מרים', 'miriam@example.com', 'סיפור על אהבה וחושך, vol. 2'),
  emoji: named('Zoë 💡', 'zoe@example.com', '👩‍🚀📚 The Astronaut’s Library 🇳🇱'),
  chinese: named('王小明', 'ming@example.com', '紅樓夢：第一回　甄士隱夢幻識通靈'),
  long: named(
    'Uvuvwevwevwe Onyetenyevwe Ugwemubwem Ossas Wolfeschlegelsteinhausenbergerdorff',
    'long@example.com',
    `${'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen '.repeat(3)}und andere Wörter`,
  ),
  html: named('<b>Bobby</b> "Tables" & Co', 'bobby@example.com', '</title><script>alert(1)</script> & "quotes"', {
    note: '<img src=x onerror=alert(1)>',
  }),
  turning: named('Eve \u202egnitirw', 'eve@example.com', 'A title \u202ethat turns the line\u2066 around'),
};

/** The loan's reader as one who waits for its item, which has come back. */
export function waitingFor({ itemId, title, customer }: Loan): { item: Item; hold: Hold } {
  const hold: Hold = { holdId: '00000000-0000-4000-8000-000000000001', customer, placedAt: '2026-03-10T10:00:00Z' };
  const item: Item = { itemId, title, status: 'held', queue: [hold], heldFor: hold.holdId, pickUpBy: '2026-03-26' };
  return { item, hold };
}
