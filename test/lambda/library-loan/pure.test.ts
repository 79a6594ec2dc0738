import { readMailAddress } from '../../../lambda/library-loan/address';
import { forWorkflow } from '../../../lambda/library-loan/contract';
import { escapeHtml, formatDay } from '../../../lambda/library-loan/html';
import { hashLink, LoanKeys } from '../../../lambda/library-loan/keys';
import { writeMail } from '../../../lambda/library-loan/mail/mails';
import { formatSender } from '../../../lambda/library-loan/mail/sender';
import { aLoan, policy, secret } from './loan';

const at = (iso: string) => Date.parse(iso);

describe('a mail address', () => {
  test.each([
    ['zoe@example.com', 'zoe@example.com'],
    ["o'neil+books@mail.example.co.uk", "o'neil+books@mail.example.co.uk"],
    ['Zoe@EXAMPLE.Com', 'Zoe@example.com'],
    ['a@b.xn--p1ai', 'a@b.xn--p1ai'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
    ['x_y-z@a-b.example', 'x_y-z@a-b.example'],
    [`${'z'.repeat(64)}@example.com`, `${'z'.repeat(64)}@example.com`],
    [`z@${'a'.repeat(63)}.example`, `z@${'a'.repeat(63)}.example`],
  ])('%s is one', (text, address) => {
    expect(readMailAddress(text)).toEqual({ address });
  });

  const none = 'is not one plain mail address';
  test.each([
    ['', none],
    ['zoe', none],
    ['zoe.example', none],
    ['zoe@', none],
    ['@example.com', none],
    ['zoe@localhost', none],
    ['zoe@example.com\n', none],
    ['zoe@example.com\r\nBcc: all@example.com', none],
    ['zoe\u0000@example.com', none],
    ['zoe@example.com\u0000', none],
    [' zoe@example.com', none],
    ['zoe@example.com,bob@example.com', none],
    ['zoe@example.com;bob@example.com', none],
    ['Zoe <zoe@example.com>', none],
    ['<zoe@example.com>', none],
    ['zoe(the reader)@example.com', none],
    ['zoe@example.com (the reader)', none],
    ['"zoe"@example.com', none],
    ['zoe@[127.0.0.1]', none],
    ['zoe@127.0.0.1', none],
    ['zoe@bob@example.com', none],
    ['.zoe@example.com', none],
    ['zoe..z@example.com', none],
    ['zoe@-example.com', none],
    ['zoe@example..com', none],
    ['zoe@example.com.', none],
    ['zoe@exa_mple.com', none],
    ['zoe@xn--a.example', none],
    ['zoe@example.com\u2028', none],
    [`z@${'a'.repeat(64)}.example`, none],
    ['zoë@example.com', 'has letters beyond ASCII before the @'],
    ['zoe@bücher.example', 'needs its domain in ASCII: xn--bcher-kva.example'],
    ['zoe@пример.рф', 'needs its domain in ASCII: xn--e1afmkfd.xn--p1ai'],
    ['zoe@exam\u200bple.com', none],
    ['zoe＠example.com', none],
    [`${'z'.repeat(65)}@example.com`, 'has more than 64 characters before the @'],
    [`z@${'a.'.repeat(130)}com`, 'is longer than 254 characters'],
  ])('%j is none', (text, problem) => {
    expect(readMailAddress(text)).toEqual({ problem });
  });
});

describe('the keys', () => {
  const keys = new LoanKeys(secret);

  test('make the same link again for the same loan, and another for another', () => {
    expect(keys.linkToken('loan-1')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(keys.linkToken('loan-1')).toBe(new LoanKeys(secret).linkToken('loan-1'));
    expect(keys.linkToken('loan-1')).not.toBe(keys.linkToken('loan-2'));
    expect(keys.linkToken('loan-1')).not.toBe(new LoanKeys('y'.repeat(64)).linkToken('loan-1'));
    expect(hashLink(keys.linkToken('loan-1'))).toMatch(/^[0-9a-f]{64}$/);
  });

  test('know their own nonce, for its page, its period and its time', () => {
    const page = { loanId: 'loan-1', page: 'renew', period: 0 };
    const nonce = keys.nonce(page, 1000);
    expect(keys.checkNonce(page, nonce, 999)).toBe(true);
    expect(keys.checkNonce(page, nonce, 1001)).toBe(false);
    expect(keys.checkNonce({ ...page, page: 'return' }, nonce, 999)).toBe(false);
    expect(keys.checkNonce({ ...page, period: 1 }, nonce, 999)).toBe(false);
    expect(keys.checkNonce({ ...page, loanId: 'loan-2' }, nonce, 999)).toBe(false);
    for (const wrong of ['', '.', '2000', nonce.replace('1000', '9000'), `${nonce}=`])
      expect(keys.checkNonce(page, wrong, 999)).toBe(false);
  });

  test('open what they sealed, for its own loan only', () => {
    const sealed = keys.seal('loan-1', 'task-token');
    expect(sealed).not.toContain('task-token');
    expect(keys.unseal('loan-1', sealed)).toBe('task-token');
    expect(() => keys.unseal('loan-2', sealed)).toThrow();
    expect(() => new LoanKeys('y'.repeat(64)).unseal('loan-1', sealed)).toThrow();
  });
});

test('the workflow learns ids and dates, nobody’s name', () => {
  const told = JSON.stringify(forWorkflow(aLoan({ sealedToken: 'sealed' }), policy, 2));
  for (const secretThing of ['Zoë', 'zoe@example.com', 'sealed']) expect(told).not.toContain(secretThing);
});

describe('mails', () => {
  const setting = { libraryName: 'City Library', link: 'https://library.example/l/token', timeZone: 'UTC' };
  const now = at('2026-03-19T12:00:00Z');
  const kinds = ['confirmation', 'reminder', 'due', 'renewed', 'notFound', 'receipt', 'damageFee', 'lostFee'] as const;

  test('have a subject that a person enjoys', () => {
    expect(writeMail('reminder', aLoan(), setting, now).subject).toBe('Your loan of ‘Momo’ is due on 22 March');
  });

  test.each(['confirmation', 'reminder', 'due', 'renewed', 'notFound'] as const)(
    '%s carries both links in both parts',
    (kind) => {
      const { text, html } = writeMail(kind, aLoan(), setting, now);
      for (const page of ['renew', 'return']) {
        expect(text).toContain(`\n${setting.link}/${page}\n`);
        expect(html).toContain(`<a href="${setting.link}/${page}">`);
      }
    },
  );

  test.each(['receipt', 'damageFee', 'lostFee'] as const)('%s carries no link: the loan is over', (kind) => {
    const { text, html } = writeMail(kind, aLoan(), setting, now);
    expect(text + html).not.toContain('/l/');
  });

  test.each(kinds)('%s takes any name and title as text', (kind) => {
    const nasty = aLoan({
      title: '<b>"x"&\r\nBcc: a@b.c\u2028</b>',
      customer: { name: '<script>ä💡', email: 'z@example.com' },
      note: '<img src=x>',
    });
    const { subject, text, html } = writeMail(kind, nasty, setting, now);
    expect(subject).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(text).not.toMatch(/^Bcc/m);
    expect(html).not.toMatch(/<(script|b|img)\b/);
    expect(html).toContain('ä💡');
  });

  test.each(kinds)('%s keeps a name’s direction to itself', (kind) => {
    const arabic = aLoan({ title: 'ألف ليلة وليلة', customer: { name: 'מרים\u202e', email: 'm@example.com' } });
    const { subject, text, html } = writeMail(kind, arabic, setting, now);
    for (const part of [subject, text, html]) {
      expect(part).toContain('‘\u2068ألف ليلة وليلة\u2069’');
      expect(part).not.toContain('\u202e');
    }
    expect(text).toContain('Dear \u2068מרים\u2069,');
  });

  test('cut a long title in the subject, between two letters, and nowhere else', () => {
    const title = `${'👩‍🚀'.repeat(100)}`;
    const { subject, text, html } = writeMail('reminder', aLoan({ title }), setting, now);
    expect(subject).toBe(`Your loan of ‘${'👩‍🚀'.repeat(59)}…’ is due on 22 March`);
    expect(text).toContain(title);
    expect(html).toContain(title);
  });

  test.each([
    ['City Library', '"City Library" <l@example.com>'],
    ['The "Old" \\ Library', '"The \\"Old\\" \\\\ Library" <l@example.com>'],
    ['Bücherei', '=?UTF-8?B?QsO8Y2hlcmVp?= <l@example.com>'],
  ])('come from %s', (name, header) => {
    expect(formatSender(name, 'l@example.com')).toBe(header);
  });

  test('a long name is cut into encoded words between its characters', () => {
    const header = formatSender('📚'.repeat(30), 'l@example.com');
    const words = [...header.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)];
    expect(words.every(([word]) => word.length <= 75)).toBe(true);
    expect(words.map(([, base64]) => Buffer.from(base64 ?? '', 'base64').toString('utf8')).join('')).toBe(
      '📚'.repeat(30),
    );
  });
});

test('formatDay names the year when it is another one', () => {
  expect(formatDay('2026-03-12T23:00:00Z', at('2026-01-01T00:00:00Z'))).toBe('12 March');
  expect(formatDay('2027-03-12T23:00:00Z', at('2026-12-31T00:00:00Z'))).toBe('12 March 2027');
});

test('escapeHtml leaves nothing that HTML understands', () => {
  expect(escapeHtml(`<a href="x" title='y'>&\``)).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
});
