/** `npm run cost`: plays the workflows and writes docs/cost.md and the figures that the tests compare with. */
import { build, WORKER_FILES } from '../../bin/build.mjs';

await build(WORKER_FILES);
const { writeCosts } = await import('./write.ts');
await writeCosts(process.cwd());
