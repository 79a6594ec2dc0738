import { AREAS } from './areas';
import { play } from './play';

/**
 * The same definition gives the same history in memory, on disk, and when the store is closed and opened again
 * wherever something waits.
 */
describe.each(Object.entries(AREAS))('%s', (_area, cases) => {
  it.each(cases.map((given) => [given.name, given] as const))('%s', async (_name, given) => {
    const inMemory = await play(given, 'memory');
    expect(await play(given, 'disk')).toEqual(inMemory);
    expect(await play(given, 'restarting')).toEqual(inMemory);
  });
});
