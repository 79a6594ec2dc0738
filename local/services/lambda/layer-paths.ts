import { delimiter, join } from 'node:path';
import type { FunctionSpec } from './spec';

/**
 * Owns where a function's layers lie: on AWS they are laid over each other in /opt, here each is a folder of its own.
 * Pure.
 */

/** The folders of the layers that are here; the last one first, since it wins. */
export function layerDirectories({ layers = [] }: FunctionSpec): string[] {
  return layers.flatMap(({ directory }) => directory ?? []).reverse();
}

/**
 * NODE_PATH as AWS sets it, or as the function's configuration does, with this machine's folders for /opt and /var/task
 * (docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html).
 */
export function nodePath(spec: FunctionSpec): string {
  const { runtime, environment, codeDirectory } = spec;
  const given =
    environment.NODE_PATH ??
    `/opt/nodejs/${runtime.replace(/js(\d+).*$/, '$1')}/node_modules:/opt/nodejs/node_modules:/var/task`;
  const folders = given.split(':').flatMap((folder) => {
    if (isIn('/opt', folder)) return layerDirectories(spec).map((layer) => join(layer, folder.slice('/opt'.length)));
    return isIn('/var/task', folder) ? join(codeDirectory, folder.slice('/var/task'.length)) : folder;
  });
  return folders.join(delimiter);
}

function isIn(parent: string, folder: string): boolean {
  return folder === parent || folder.startsWith(`${parent}/`);
}
