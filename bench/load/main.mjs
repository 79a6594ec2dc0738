/** `npm run load -- [--events 10000] [--players 1000] [--times 1]`: a burst of events (`run.ts`). */
import { build, WORKER_FILES } from '../../bin/build.mjs';

// On Node 20 the SDK inside prints a notice about its own support window on every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await build(WORKER_FILES);
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
