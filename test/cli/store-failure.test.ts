import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { Store, StoreError } from '../../local/runtime/store';
import { temporaryDirectory, writeAssembly } from '../assembly/synthesize';
import { capture } from './capture';

const assembly = writeAssembly('Small', {
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
});

/** Runs the command until it serves, lets its disk run full, and answers how it ended. */
async function endWithFullDisk(argv: string[]) {
  let store: Store | undefined;
  const open = Store.open;
  const spy = jest.spyOn(Store, 'open').mockImplementation((dir) => {
    store = open.call(Store, dir);
    return store;
  });
  try {
    return await capture(async () => {
      const running = main(argv, localCommands);
      let ended = false;
      running.finally(() => {
        ended = true;
      });
      const printed = () =>
        jest
          .mocked(process.stdout.write)
          .mock.calls.map(([text]) => String(text))
          .join('');
      while (!ended && !/Ready|Step Functions: /.test(printed())) await delay(10);
      const notes = store?.collection('notes');
      store?.schema('PRAGMA max_page_count = 8');
      expect(() => notes?.put('large', 'x'.repeat(10_000_000))).toThrow(StoreError);
      return running;
    });
  } finally {
    spy.mockRestore();
  }
}

test.each([
  ['start', ['--assembly', assembly, '--port', '0', '--aws-port', '0']],
  ['sfn', ['--port', '0']],
])(
  '%s ends when its data can no longer be kept, and says why',
  async (command, options) => {
    const data = temporaryDirectory();
    const { code, stderr } = await endWithFullDisk([command, ...options, '--data', data]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^stepwright: The disk is full: .*store\.db/),
    });
    expect(existsSync(join(data, 'endpoints.json'))).toBe(false);
  },
  20_000,
);
