import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandler, handlersDirectory } from '../../lib/workflow/bundle';

export interface Bundle {
  /** As `WorkflowFunction` takes it: 'library-loan/send-mail'. */
  readonly handler: string;
  readonly file: string;
  readonly bytes: number;
}

/** Bundles every handler of the application into `directory`, as a synth does. */
export function bundleAll(directory: string): Bundle[] {
  const files = readdirSync(handlersDirectory, { recursive: true, encoding: 'utf8' });
  const handlers = files.filter((file) => file.endsWith('.lambda.ts')).map((file) => file.replace('.lambda.ts', ''));
  return handlers.sort().map((handler) => {
    const file = join(directory, handler, 'index.js');
    bundleHandler(handler, file);
    return { handler, file, bytes: statSync(file).size };
  });
}
