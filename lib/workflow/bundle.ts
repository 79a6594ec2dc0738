import { join } from 'node:path';
import { type BuildResult, buildSync } from 'esbuild';

/** Owns how a handler becomes the one file that is deployed. */
export const handlersDirectory = join(__dirname, '..', '..', 'lambda');

/**
 * Bundles the handler `lambda/<handler>.lambda.ts` into `outfile`, SDK and all, with a source map beside it. Runs in this
 * process.
 *
 * @throws Error when it does not compile
 */
export function bundleHandler(handler: string, outfile: string): BuildResult<{ metafile: true }> {
  return buildSync({
    entryPoints: [join(handlersDirectory, `${handler}.lambda.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The SDK's ES modules shake down to two thirds of its CommonJS ones.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(handlersDirectory, 'shared', 'environment-credentials.ts') },
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
}
