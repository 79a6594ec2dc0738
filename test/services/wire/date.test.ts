import { dateHeader } from '../../../local/services/wire/date';

const real = Date.parse('2026-11-27T22:00:00Z');
const virtual = Date.parse('2026-03-02T09:00:00Z');

test('a caller who signs in virtual time is told virtual time, one who signs in the machine’s that', () => {
  expect(dateHeader('20260302T085959Z', virtual, real)).toEqual({ date: 'Mon, 02 Mar 2026 09:00:00 GMT' });
  expect(dateHeader('20261127T220001Z', virtual, real)).toEqual({});
});

test.each([undefined, '', 'yesterday', '20260302'])('who signs by %j is told the machine’s', (signedAt) => {
  expect(dateHeader(signedAt, virtual, real)).toEqual({});
});

test('while the clocks agree nothing is said beside what Node says', () => {
  expect(dateHeader('20261127T220001Z', real + 30_000, real)).toEqual({});
});
