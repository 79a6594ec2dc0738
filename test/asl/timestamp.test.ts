import * as fc from 'fast-check';
import { parseTimestamp } from '../../local/asl/timestamp';

describe('parseTimestamp', () => {
  test.each([
    ['2016-03-14T01:59:00Z', Date.UTC(2016, 2, 14, 1, 59)],
    ['2016-03-14T01:59:00.123Z', Date.UTC(2016, 2, 14, 1, 59, 0, 123)],
    ['2016-03-14T01:59:00.1Z', Date.UTC(2016, 2, 14, 1, 59, 0, 100)],
    ['2016-03-14T01:59:00.123999999Z', Date.UTC(2016, 2, 14, 1, 59, 0, 123)],
    ['2016-03-14T03:59:00+02:00', Date.UTC(2016, 2, 14, 1, 59)],
    ['2016-03-13T20:29:00-05:30', Date.UTC(2016, 2, 14, 1, 59)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseTimestamp(text)).toBe(milliseconds);
  });

  test.each([
    ['no zone', '2016-03-14T01:59:00'],
    ['a lower-case t', '2016-03-14t01:59:00Z'],
    ['a lower-case z', '2016-03-14T01:59:00z'],
    ['a blank for the T', '2016-03-14 01:59:00Z'],
    ['a date alone', '2016-03-14'],
    ['no seconds', '2016-03-14T01:59Z'],
    ['month 13', '2016-13-05T21:29:29Z'],
    ['February 30', '2016-02-30T00:00:00Z'],
    ['February 29 of a common year', '2023-02-29T00:00:00Z'],
    ['hour 24', '2016-03-14T24:00:00Z'],
    ['minute 60', '2016-03-14T01:60:00Z'],
    ['a point without a fraction', '2016-03-14T01:59:00.Z'],
    ['an offset without a colon', '2016-03-14T01:59:00+0200'],
    ['the day first', '05-12-2016T21:29:29Z'],
    ['something around it', ' 2016-03-14T01:59:00Z'],
  ])('refuses %s', (_, text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test('reads back every date that ISO strings can say', () => {
    const years = {
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    };
    fc.assert(fc.property(fc.date(years), (date) => parseTimestamp(date.toISOString()) === date.getTime()));
  });
});
