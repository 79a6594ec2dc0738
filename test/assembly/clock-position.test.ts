import { SavedClockPosition } from '../../local/assembly/clock-position';
import { VirtualClock } from '../../local/runtime/clock';
import { Store } from '../../local/runtime/store';
import { Work } from '../../local/runtime/work';

const REAL = Date.parse('2026-06-01T00:00:00Z');
const DAY = 86_400_000;

function saved(): SavedClockPosition {
  return new SavedClockPosition(Store.open());
}

test('a new data directory has no position', () => {
  expect(saved().resume(REAL)).toBeUndefined();
});

test('what was jumped ahead stays ahead, and time has gone on meanwhile', () => {
  const position = saved();
  position.save({ virtual: REAL + 14 * DAY, real: REAL, scale: 1 });
  expect(position.resume(REAL + DAY)).toBe(REAL + 15 * DAY);
});

test("it never goes back, whatever the machine's clock does", () => {
  const position = saved();
  position.save({ virtual: REAL + DAY, real: REAL, scale: 1 });
  expect(position.resume(REAL - DAY)).toBeGreaterThanOrEqual(REAL + DAY);
});

test('nothing that was committed is dated later than where it goes on, though the machine was set back', async () => {
  const store = Store.open();
  const position = new SavedClockPosition(store);
  const real = jest.spyOn(Date, 'now').mockReturnValue(REAL);
  const clock = new VirtualClock({ start: REAL, scale: 60, work: new Work() });
  position.follow(clock);
  const notes = store.collection<number>('notes');
  for (let second = 0; second < 20; second += 0.7) {
    real.mockReturnValue(REAL + second * 1000);
    await notes.put('dated', clock.now());
    expect(position.resume(REAL - 14 * DAY)).toBeGreaterThanOrEqual(notes.get('dated') as number);
  }
  real.mockRestore();
  clock.close();
  await store.close();
});

test('after an orderly end a fast clock does not run on', () => {
  const position = saved();
  position.saveFinal({ virtual: REAL, real: REAL, scale: 1000 }, REAL + 5 * DAY, REAL + 60_000);
  expect(position.resume(REAL + 60_000 + 1000)).toBe(REAL + 5 * DAY + 1000);
});

test('a clock tells of each jump before what is due then fires', async () => {
  const position = saved();
  const clock = new VirtualClock({ start: REAL, scale: 0, work: new Work(), onMove: (at) => position.save(at) });
  let seen: number | undefined;
  clock.at(REAL + DAY, () => {
    seen = position.resume(Date.now());
  });
  await clock.advanceBy(2 * DAY);
  expect(seen).toBe(REAL + DAY);
  expect(position.resume(Date.now())).toBe(REAL + 2 * DAY);
  clock.close();
});
