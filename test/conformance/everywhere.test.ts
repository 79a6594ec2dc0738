import { tmpdir } from 'node:os';
import { AREAS } from './areas';
import { play } from './play';

/**
 * The same definition gives the same history in memory, on disk, and when the store is closed and opened again
 * wherever something waits. The first case of each area is played where a sync goes to the disk, the others where the
 * file system is quick.
 */
describe.each(Object.entries(AREAS))('%s', (_area, cases) => {
  it.each(cases.map((given, i) => [given.name, given, i === 0 ? tmpdir() : undefined] as const))(
    '%s',
    async (_name, given, folder) => {
      const inMemory = await play(given, 'memory');
      expect(await play(given, 'disk', folder)).toEqual(inMemory);
      expect(await play(given, 'restarting', folder)).toEqual(inMemory);
    },
  );
});
