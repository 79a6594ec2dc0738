import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';

/** The folders in which a function's modules may be; absolute and without symbolic links. */
export interface ModulePlaces {
  /** The function's own package. */
  readonly taskRoot: string;
  /** Its layers, unpacked, in the order in which they are looked at. */
  readonly layers: readonly string[];
  /** The folders of packages that its NODE_PATH names. */
  readonly libraries: readonly string[];
  /** Folders from which the SDK is looked for that AWS's runtimes bring, the first one first. */
  readonly sdkHomes: readonly string[];
}

/** What AWS's Node.js runtimes bring along. */
const SDK = /^@(?:aws-sdk|smithy)\//;

/** Where AWS lays the layers. */
export const OPT = '/opt/';
/** What `require` appends. */
const SUFFIXES = ['', '.js', '.json', '.node'];

/**
 * Owns where a module is looked for, by `require` and `import` alike. Shared by the worker and the thread of its import
 * hooks; imports nothing but Node's modules.
 *
 * M1  What the function's package carries is never looked for elsewhere.
 * M2  Its layers come before what lies around the package on this machine only: the project's modules around `cdk.out`.
 */
export class ModuleSearch {
  constructor(private readonly places: ModulePlaces) {}

  /**
   * The folder from which to resolve `request`; undefined: from where it is asked for.
   * @param parent path of the module that asks
   */
  homeOf(request: string, parent: string): string | undefined {
    const name = packageName(request);
    if (name === undefined) return undefined;
    const { libraries, sdkHomes } = this.places;
    const root = libraries.length > 0 ? this.#rootOf(parent) : undefined;
    if (root !== undefined) {
      const folders = upTo(root, dirname(parent)).map((folder) => join(folder, 'node_modules'));
      // Of the libraries it stands in, others may come first.
      if (folders.some((folder) => !libraries.includes(folder) && existsSync(join(folder, name)))) return undefined;
      const library = libraries.find((folder) => existsSync(join(folder, name)));
      if (library !== undefined) return dirname(library);
    }
    if (!SDK.test(name) || findsAbove(dirname(parent), name)) return undefined;
    return sdkHomes.find((home) => findsAbove(home, name));
  }

  /** The file of a layer that a path in /opt means; the path itself, if it is none of a layer's. */
  inLayers(path: string): string {
    if (!path.startsWith(OPT) || this.isOwn(path)) return path;
    const files = this.places.layers.map((layer) => join(layer, path.slice(OPT.length)));
    return files.find((file) => SUFFIXES.some((suffix) => existsSync(file + suffix))) ?? path;
  }

  /** Whether the file is the function's own, not something of the machine that it uses. */
  isOwn(file: string): boolean {
    return this.#rootOf(file) !== undefined;
  }

  /** The package.json that says what the function's own `file` is; undefined without one in its package. */
  manifestOf(file: string): string | undefined {
    const root = this.#rootOf(file);
    if (root === undefined) return undefined;
    return upTo(root, dirname(file))
      .map((folder) => join(folder, 'package.json'))
      .find((manifest) => existsSync(manifest));
  }

  #rootOf(file: string): string | undefined {
    return [this.places.taskRoot, ...this.places.layers].find((root) => file.startsWith(root + sep));
  }
}

/** '@aws-sdk/client-sfn' of '@aws-sdk/client-sfn/commands'; undefined for what is no package: './x', '#x', 'fs', 'file:///x'. */
function packageName(request: string): string | undefined {
  const name = /^(?:@[^/:]+\/)?[^@./\\#:][^/\\:]*(?=\/|$)/.exec(request)?.[0];
  return name === undefined || isBuiltin(request) ? undefined : name;
}

function findsAbove(folder: string, name: string): boolean {
  return upTo(undefined, folder).some((above) => existsSync(join(above, 'node_modules', name)));
}

/** `folder` and those above it, as far as `last`, or as far as they go. */
function upTo(last: string | undefined, folder: string): string[] {
  const above = dirname(folder);
  return folder === last || above === folder ? [folder] : [folder, ...upTo(last, above)];
}
