import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cloud } from '../../local/assembly/cloud';
import { ensureAssembly } from '../../local/cli/synth';
import { burst, isWhole } from './burst';

/**
 * Puts a burst of completed levels on a local cloud of its own, which keeps its data on disk and whose clock runs in real
 * time, as `stepwright start` does. Prints the figures as JSON.
 *
 * @returns the exit code: 1 when an event was lost, counted twice, or needs anybody's help
 */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string', default: '10000' },
      players: { type: 'string', default: '1000' },
      times: { type: 'string', default: '1' },
    },
  });
  const [events, players, times] = [whole(values.events), whole(values.players), whole(values.times)];
  const dataDir = mkdtempSync(join(tmpdir(), 'stepwright-load-'));
  const assemblyDir = await ensureAssembly(process.cwd(), (command) =>
    process.stderr.write(`Synthesizing: ${command}\n`),
  );
  const cloud = await Cloud.boot({ assemblyDir, dataDir });
  try {
    const result = await burst(cloud, { events, players, times });
    const { missing, ...figures } = result;
    const executionsPerSecond = Math.round((result.events * result.times) / result.endedSeconds);
    const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
    process.stdout.write(
      `${JSON.stringify({ ...figures, missing: missing.length, executionsPerSecond, megabytes }, null, 2)}\n`,
    );
    return isWhole(result) ? 0 : 1;
  } finally {
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--events, --players and --times want whole numbers from 1 on, not '${text}'.`);
}
