/** `npm run cost`: the command of `command.ts`; what it runs needs workers' files, which are compiled when its options are right. */
import { build, WORKER_FILES } from '../../bin/build.mjs';
import { main } from '../command/command.ts';
import { costCommand } from './command.ts';

// On Node 20 the SDK inside prints a notice about its own support window on every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

await main({
  ...costCommand,
  async run() {
    await build(WORKER_FILES);
    const { writeCosts } = await import('./write.ts');
    await writeCosts(process.cwd());
    return 0;
  },
});
