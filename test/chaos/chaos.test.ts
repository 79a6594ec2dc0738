import { readFailPoint } from '../../local/runtime/fail-point';
import { answers, answerTokens } from './answers';
import { damage, damageStores } from './damage';
import { disk, failDisk } from './disk';
import { kill, killUnderLoad } from './kill';
import { cutPower, power } from './power/cut';
import { examine } from './trial';

/** Short versions of what `npm run chaos` does at length. */
const LONG = 240_000;

test(
  'what was acknowledged survives kill -9 at any moment, and nothing is doubled or stuck',
  async () => {
    const places = ['after-write', 'after-commit', 'before-acknowledgement'] as const;
    const { flaws, figures } = await examine(kill, 1, (trial) =>
      killUnderLoad(trial, { kills: 1, rounds: 1, places, mostRunning: 40 }),
    );
    expect(flaws).toEqual([]);
    expect(figures['acknowledged calls']).toBeGreaterThan(100);
  },
  LONG,
);

test(
  'a power cut takes nothing that was acknowledged',
  async () => {
    const { flaws, figures } = await examine(power, 1, (trial) => cutPower(trial, { cuts: 2, mostRunning: 40 }));
    expect(flaws).toEqual([]);
    expect(figures['acknowledged calls']).toBeGreaterThan(100);
  },
  LONG,
);

test(
  'a disk that runs full ends the process with a sentence, and takes nothing that was acknowledged',
  async () => {
    const { flaws, figures } = await examine(disk, 1, (trial) =>
      failDisk(trial, { rounds: 1, faults: ['no space'], mostRunning: 40 }),
    );
    expect(flaws).toEqual([]);
    expect(figures['acknowledged calls']).toBeGreaterThan(40);
  },
  LONG,
);

test(
  'a damaged store is opened right or refused',
  async () => {
    const { flaws, figures } = await examine(damage, 1, (trial) => damageStores(trial, { rounds: 1 }));
    expect(flaws).toEqual([]);
    expect(figures.refused).toBeGreaterThan(8);
  },
  LONG,
);

test(
  'a token is settled once, and what its answers were told agrees with the history',
  async () => {
    const { flaws, figures } = await examine(answers, 1, (trial) => answerTokens(trial, { tokens: 40, races: 40 }));
    expect(flaws).toEqual([]);
    expect(figures.successes).toBe(40);
  },
  LONG,
);

describe('a fail point', () => {
  test('kills at the passage that it names', () => {
    const die = jest.fn();
    const pass = readFailPoint('after-commit:2', die);
    pass?.('after-commit');
    pass?.('before-commit');
    expect(die).not.toHaveBeenCalled();
    pass?.('after-commit');
    expect(die).toHaveBeenCalledTimes(1);
  });

  test('is not there unless it is asked for, and must be one that there is', () => {
    expect(readFailPoint(undefined)).toBeUndefined();
    expect(() => readFailPoint('after-lunch')).toThrow(/STEPWRIGHT_FAIL_POINT must be PLACE or PLACE:COUNT/);
    expect(() => readFailPoint('after-commit:0')).toThrow(/STEPWRIGHT_FAIL_POINT must be/);
  });
});
