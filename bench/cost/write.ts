import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAssembly } from '../../local/cli/synth';
import { progress } from '../command/progress';
import { FIGURES_FILE, figuresOf } from './figures';
import { measure } from './measure';
import { costPage } from './page';

/** Writes `docs/cost.md` and `figures.json` anew. */
export async function writeCosts(project: string): Promise<void> {
  const assemblyDir = await ensureAssembly(project, (command) => progress(`synthesizing: ${command}`));
  progress('playing the workflows');
  const measured = await measure(assemblyDir, true);
  const { game, loan } = measured;
  writeFileSync(join(project, 'docs/cost.md'), costPage(measured));
  writeFileSync(FIGURES_FILE, `${JSON.stringify(figuresOf([game, loan]), null, 2)}\n`);
  process.stdout.write('Wrote docs/cost.md and bench/cost/figures.json.\n');
}
