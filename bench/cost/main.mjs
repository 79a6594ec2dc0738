/** `npm run cost`: plays the workflows and writes docs/cost.md and the figures that the tests compare with. */
import { build } from '../../bin/build.mjs';

await build(['dist/lambda-worker.js']);
const { writeCosts } = await import('./write.ts');
await writeCosts(process.cwd());
