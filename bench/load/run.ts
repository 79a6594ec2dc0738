import { Cloud } from '../../local/assembly/cloud';
import { ensureAssembly } from '../../local/cli/synth';
import { figuresText, Setting } from '../command/figures-file';
import { atEnd, temporaryDirectory } from '../command/leftovers';
import { progress } from '../command/progress';
import { burst, isWhole } from './burst';
import type { LoadValues } from './command';

/**
 * Puts a burst of completed levels on a local cloud of its own, which keeps its data on disk and whose clock runs in real
 * time, as `stepwright start` does. Prints the figures as JSON.
 *
 * @returns the exit code: 1 when an event was lost, counted twice, or needs anybody's help
 */
export async function run({ json, ...options }: LoadValues): Promise<number> {
  const setting = new Setting('npm run load');
  progress(setting.line);
  const assemblyDir = await ensureAssembly(process.cwd(), (command) => progress(`synthesizing: ${command}`));
  const { path: dataDir } = temporaryDirectory('load');
  const booting = Cloud.boot({ assemblyDir, dataDir });
  atEnd(async () => (await booting).stop());
  const cloud = await booting;
  progress(`${options.events * options.times} events`);
  const result = await burst(cloud, options);
  const { missing, ...counted } = result;
  const figures = {
    ...counted,
    missing: missing.length,
    executionsPerSecond: Math.round((result.events * result.times) / result.endedSeconds),
    memoryMib: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  process.stdout.write(figuresText(figures));
  if (json !== undefined) setting.write(json, options, figures);
  return isWhole(result) ? 0 : 1;
}
