import * as fc from 'fast-check';
import { firstDates, pickUpDates, renewedDates, reopenedDates } from '../../../lambda/library-loan/calendar';
import { addDays, dayOf, hourOf, instantOf, weekdayOf } from '../../../lambda/library-loan/days';
import { isOpen, isQuiet, type LibraryHours, longestClosure, nextOpenDay } from '../../../lambda/library-loan/opening';
import { aLoan, policy } from './loan';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();
const hours = (more: Partial<LibraryHours> = {}): LibraryHours => ({ ...policy.hours, ...more });
const berlin = { ...policy, hours: hours({ timeZone: 'Europe/Berlin', mailHour: 9 }) };
const closesBy = '2027-02-04T12:00:00Z';

describe('the dates of a loan', () => {
  test('go from reminder to presumed loss, each at the mail hour', () => {
    expect(firstDates(at('2026-03-01T15:30:00Z'), 21, policy)).toEqual({
      remindAt: '2026-03-19T12:00:00Z',
      dueAt: '2026-03-22T12:00:00Z',
      overdueAt: '2026-03-24T12:00:00Z',
      graceEndsAt: '2026-03-29T12:00:00Z',
      presumedLostAt: '2026-04-28T12:00:00Z',
      closesBy,
    });
  });

  test('are counted from the day of the check-out in the library, whatever the day is in Greenwich', () => {
    const auckland = { ...policy, hours: hours({ timeZone: 'Pacific/Auckland', mailHour: 9 }) };
    // The morning of 2 March in Auckland.
    expect(firstDates(at('2026-03-01T20:00:00Z'), 7, auckland).dueAt).toBe('2026-03-08T20:00:00Z');
  });

  test('are at the same hour by the clock before and after summer time begins', () => {
    const { remindAt, dueAt } = firstDates(at('2026-03-10T10:00:00Z'), 20, berlin);
    expect([remindAt, dueAt]).toEqual(['2026-03-27T08:00:00Z', '2026-03-30T07:00:00Z']);
  });

  test('are due on the next open day', () => {
    const closed = { ...policy, hours: hours({ closedWeekdays: [0, 6], closedDates: ['2026-03-23', '03-24'] }) };
    // 22 March 2026 is a Sunday; Monday and Tuesday are closed too.
    expect(firstDates(at('2026-03-01T12:00:00Z'), 21, closed).dueAt).toBe('2026-03-25T12:00:00Z');
  });

  test.each([
    ['before it is due, adds to the due date', '2026-03-10T00:00:00Z', '2026-04-12T12:00:00Z'],
    ['after it was due, counts from that day', '2026-03-25T08:00:00Z', '2026-04-15T12:00:00Z'],
    ['late in its year, ends with it', '2027-01-30T08:00:00Z', closesBy],
  ])('a renewal %s', (_, now, dueAt) => {
    expect(renewedDates('2026-03-22T12:00:00Z', 21, at(now), policy, closesBy).dueAt).toBe(dueAt);
  });

  test.each([
    ['the dates stay while they are far', '2026-03-10T00:00:00Z', '2026-04-28T12:00:00Z'],
    ['the grace period is the least', '2026-04-27T00:00:00Z', '2026-05-04T12:00:00Z'],
    ['but no later than every loan ends', '2027-02-01T00:00:00Z', closesBy],
  ])('after a return that was not found, %s', (_, now, presumedLostAt) => {
    const loan = aLoan();
    expect(reopenedDates(loan, at(now), policy, closesBy)).toMatchObject({ dueAt: loan.dueAt, presumedLostAt });
  });

  test('an item is kept until an open day, and goes to the next reader the morning after', () => {
    const closed = { ...berlin, hours: { ...berlin.hours, closedWeekdays: [0] } };
    expect(pickUpDates(at('2026-03-15T22:30:00Z'), closed)).toEqual({
      pickUpBy: '2026-03-23',
      lapsesAt: '2026-03-24T08:00:00Z',
    });
  });
});

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];

describe('days and hours', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29', 2, '2026-03-29T01:00:00.000Z', 'left out: the first instant after it'],
    ['Europe/Berlin', '2026-10-25', 2, '2026-10-25T00:00:00.000Z', 'comes twice: the first'],
    ['Europe/Berlin', '2026-10-25', 3, '2026-10-25T02:00:00.000Z', 'after the second one'],
    ['America/New_York', '2026-03-08', 2, '2026-03-08T07:00:00.000Z', 'left out'],
    ['America/New_York', '2026-11-01', 1, '2026-11-01T05:00:00.000Z', 'comes twice'],
    ['Australia/Lord_Howe', '2026-10-04', 2, '2026-10-03T15:30:00.000Z', 'half an hour left out'],
    ['Asia/Kathmandu', '2026-05-01', 9, '2026-05-01T03:15:00.000Z', 'a quarter hour off'],
    ['Pacific/Apia', '2026-01-01', 0, '2025-12-31T11:00:00.000Z', 'far ahead'],
  ])('in %s on %s, %i o’clock is %s: %s', (zone, day, hour, instant) => {
    expect(iso(instantOf(day, hour, zone))).toBe(instant);
  });

  test('any hour of any day is an instant of that day, and shows that hour unless it is left out', () => {
    const anyDay = fc.integer({ min: 0, max: 5000 }).map((count) => addDays('2020-01-01', count));
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 23 }), fc.constantFrom(...zones), (day, hour, zone) => {
        const instant = instantOf(day, hour, zone);
        expect(dayOf(instant, zone)).toBe(day);
        const shown = hourOf(instant, zone);
        // An hour that is left out is shown as the next one, or, by half of it, as itself.
        expect(shown === hour || (shown === hour + 1 && hourOf(instant - 1, zone) === hour - 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a loan made at any time is due on an open day, and none of its dates falls into the quiet hours', () => {
    const closedWeekdays = fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...zones),
        closedWeekdays,
        (now, days, timeZone, closed) => {
          const rules = {
            ...policy,
            hours: hours({ timeZone, closedWeekdays: closed, closedDates: ['12-25', '12-26'] }),
          };
          const { closesBy: _, ...dates } = firstDates(now, days, rules);
          expect(isOpen(dayOf(at(dates.dueAt), timeZone), rules.hours)).toBe(true);
          for (const date of Object.values(dates)) expect(isQuiet(at(date), rules.hours)).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('opening', () => {
  test('a closure is as long as its days in a row', () => {
    expect(longestClosure(hours(), '2026-01-01')).toBe(0);
    expect(longestClosure(hours({ closedWeekdays: [0, 6] }), '2026-01-01')).toBe(2);
    // Some year 25 December is a Friday: Friday to Sunday, and the 28th is a Monday of that year.
    expect(longestClosure(hours({ closedWeekdays: [0, 6], closedDates: ['12-25', '12-28'] }), '2026-01-01')).toBe(4);
  });

  test('nextOpenDay is the day itself when it is open', () => {
    expect(nextOpenDay('2026-03-23', hours({ closedWeekdays: [0] }))).toBe('2026-03-23');
    expect(weekdayOf(nextOpenDay('2026-03-22', hours({ closedWeekdays: [0] })))).toBe(1);
  });

  test.each([
    ['2026-03-01T19:59:00Z', false],
    ['2026-03-01T20:00:00Z', true],
    ['2026-03-02T07:59:00Z', true],
    ['2026-03-02T08:00:00Z', false],
  ])('the quiet hours go over midnight: %s', (instant, quiet) => {
    expect(isQuiet(at(instant), hours())).toBe(quiet);
  });

  test('there are none from an hour to itself', () => {
    expect(isQuiet(at('2026-03-01T00:00:00Z'), hours({ quietHours: { from: 0, until: 0 } }))).toBe(false);
  });
});
