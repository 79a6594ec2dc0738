import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cloud } from '../../local/assembly/cloud';
import { ensureAssembly } from '../../local/cli/synth';
import { burst, isWhole } from './burst';

/**
 * `npm run load -- [--events 10000] [--players 1000]`: a burst of completed levels on a local cloud of its own that keeps
 * its data on disk. Prints the figures as JSON; exit code 1 when an event was lost or counted twice.
 */
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { events: { type: 'string', default: '10000' }, players: { type: 'string', default: '1000' } },
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'stepwright-load-'));
  const assemblyDir = await ensureAssembly(process.cwd(), (command) =>
    process.stderr.write(`Synthesizing: ${command}\n`),
  );
  const cloud = await Cloud.boot({
    assemblyDir,
    dataDir,
    clock: { start: Date.parse('2026-03-02T09:00:00Z'), scale: 0 },
  });
  try {
    const result = await burst(cloud, Number(values.events), Number(values.players));
    const { missing, ...figures } = result;
    const eventsPerSecond = Math.round(result.events / result.endedSeconds);
    const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
    process.stdout.write(
      `${JSON.stringify({ ...figures, missing: missing.length, eventsPerSecond, megabytes }, null, 2)}\n`,
    );
    if (!isWhole(result)) process.exitCode = 1;
  } finally {
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

void run();
