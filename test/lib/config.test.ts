import { ConfigError, readConfig } from '../../lib/config';
import { runApp } from './assembly';

const read = (context: Record<string, unknown>) => readConfig((key) => context[key]);

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

describe('the configuration of a stage', () => {
  test('is complete without a word in cdk.json', () => {
    expect(read({})).toEqual({
      stage: 'dev',
      logRetentionDays: 90,
      retainData: true,
      game: { workflowType: 'EXPRESS' },
      library: {
        name: 'Stepwright Public Library',
        sender: 'library@example.com',
        senderIdentity: 'create',
        loan: {
          days: 21,
          maxDays: 60,
          remindDaysBefore: 3,
          graceDays: 7,
          lostAfterDays: 30,
          renewals: 2,
          linkDaysAfterLoan: 30,
          overdueDays: 2,
          pickUpDays: 7,
          longestQueue: 20,
        },
        calendar: {
          timeZone: 'UTC',
          mailHour: 9,
          quietHours: { from: 20, until: 8 },
          closedWeekdays: [],
          closedDates: [],
        },
      },
    });
  });

  test('is refused for a stage that no block is written for, so that a slip of the pen deploys nothing', () => {
    const stepwright = { dev: {}, prod: {} };
    expect(() => read({ stage: 'prd', stepwright })).toThrow("no stage 'prd' in stepwright, but 'dev', 'prod'");
    expect(() => read({ stage: 'toString', stepwright })).toThrow(ConfigError);
  });

  test('comes from the block of the stage that is asked for', () => {
    const stepwright = { dev: { logRetentionDays: 7 }, prod: { library: { loan: { renewals: 1 } } } };
    const prod = read({ stage: 'prod', stepwright });
    expect(prod).toMatchObject({ stage: 'prod', logRetentionDays: 90, library: { loan: { days: 21, renewals: 1 } } });
  });

  test.each([
    ['an unknown field', { colour: 'red' }, 'stepwright.dev.colour'],
    ['a wrong type', { library: { loan: { days: '21' } } }, 'stepwright.dev.library.loan.days'],
    [
      'a sender with a line break',
      { library: { sender: 'a@example.com\r\nBcc: b@example.com' } },
      'stepwright.dev.library.sender',
    ],
    ['a name with a control character', { library: { name: 'Li\u0000brary' } }, 'stepwright.dev.library.name'],
    [
      'a base URL that ends in a slash',
      { library: { baseUrl: 'https://library.example/' } },
      'stepwright.dev.library.baseUrl',
    ],
    [
      'a base URL that runs a script',
      { library: { baseUrl: 'javascript:alert(1)' } },
      'stepwright.dev.library.baseUrl',
    ],
    ['a base URL in clear', { library: { baseUrl: 'http://library.example' } }, 'stepwright.dev.library.baseUrl'],
    ['a base URL without a host', { library: { baseUrl: 'https://:443' } }, 'stepwright.dev.library.baseUrl'],
    [
      'a sender with a display name',
      { library: { sender: 'Library <l@example.com>' } },
      'stepwright.dev.library.sender',
    ],
    [
      'a sender whose domain is not in ASCII',
      { library: { sender: 'l@bücher.example' } },
      'needs its domain in ASCII: xn--bcher-kva.example',
    ],
    ['half a letter in a name', { library: { name: 'Library \ud83d' } }, 'stepwright.dev.library.name'],
    ['a retention that CloudWatch does not know', { logRetentionDays: 8 }, 'stepwright.dev.logRetentionDays'],
    [
      'a loan longer than its maximum',
      { library: { loan: { days: 50, maxDays: 40 } } },
      'days must not be more than maxDays',
    ],
    ['a loan that may outlast a year', { library: { loan: { renewals: 9 } } }, 'an execution lasts a year at most'],
    [
      'a loan that may outlast a year because of a closure',
      {
        library: {
          loan: { maxDays: 65, graceDays: 14 },
          calendar: { closedDates: ['12-24', '12-25', '12-26', '12-27'] },
        },
      },
      'the longest closure',
    ],
    ['a loan overdue after it is escalated', { library: { loan: { overdueDays: 7 } } }, 'overdueDays must be less'],
    ['a time zone that there is not', { library: { calendar: { timeZone: 'Mars/Olympus' } } }, 'not a time zone'],
    ['mails at night', { library: { calendar: { mailHour: 22 } } }, 'must not be in quietHours'],
    [
      'mails that may be tried again at night',
      { library: { calendar: { mailHour: 17 } } },
      'must not be in quietHours',
    ],
    [
      'a night longer than mails wait',
      { library: { calendar: { quietHours: { from: 16, until: 8 } } } },
      'quietHours must not be more than 14',
    ],
    ['a library that never opens', { library: { calendar: { closedWeekdays: weekdays } } }, 'closedWeekdays'],
    ['a day that there is not', { library: { calendar: { closedDates: ['2026-02-29'] } } }, 'not a date'],
    [
      'an issuer in clear',
      { library: { deskAuthorizer: { issuer: 'http://id.example', audience: ['a'] } } },
      'https URL',
    ],
    [
      'tokens for nobody',
      { game: { playerAuthorizer: { issuer: 'https://id.example', audience: [] } } },
      'game.playerAuthorizer.audience',
    ],
  ])('refuses %s and names the path', (_, block, told) => {
    const refusal = expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining(told) });
    expect(() => read({ stepwright: { dev: block } })).toThrow(refusal);
  });

  test.each(['https://library.example', 'https://example.org/library', 'http://127.0.0.1:8080', 'http://localhost/x'])(
    'takes the base URL %s',
    (baseUrl) => {
      expect(read({ stepwright: { dev: { library: { baseUrl } } } }).library.baseUrl).toBe(baseUrl);
    },
  );

  test.each(['', 'Prod', '1st', 'a/b', 7])('refuses the stage name %p', (stage) => {
    expect(() => read({ stage })).toThrow(/stage: /);
  });

  test('tells all problems at once', () => {
    const block = { retainData: 'yes', operationsEmail: 'nobody' };
    expect(() => read({ stepwright: { dev: block } })).toThrow(
      /retainData.*\n.*operationsEmail|operationsEmail.*\n.*retainData/,
    );
  });

  test('a bad value ends the app with one clear message and without a stack trace', () => {
    const { code, stderr } = runApp({ stepwright: { dev: { library: { loan: { days: 0 } } } } });
    expect(code).toBe(1);
    expect(stderr).toContain('stepwright.dev.library.loan.days');
    expect(stderr).not.toContain('    at ');
  });
});
