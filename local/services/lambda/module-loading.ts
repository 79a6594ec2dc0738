import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, Module, register } from 'node:module';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importHook } from './import-hooks';
import type { ErrorDocument, WorkerSetup } from './messages';
import { type ModulePlaces, ModuleSearch } from './module-search';
import { describeLoadError } from './thrown';

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;
export type Loaded = { handler: Handler } | { error: ErrorDocument };

type Own = { filename?: string | null; _compile(text: string, file: string): unknown };

/** What Node documents of its loader, and what it has had since its first days. */
const modules = Module as unknown as {
  registerHooks?: (hooks: { resolve: ReturnType<typeof importHook> }) => void;
  _resolveFilename(request: string, parent?: Own, isMain?: boolean, options?: { paths?: string[] }): string;
  _extensions: Record<string, (module: Own, file: string) => void>;
  prototype: Own;
};

/**
 * Owns how a function's code is loaded: as AWS's Node.js runtimes do it, where the code lies in some folder of this machine.
 *
 * M1  What is asked for is looked for where `ModuleSearch` says.
 * M2  Whether a .js file is an ES module is for the function's own package to say, not for the project that it lies in.
 */
export class ModuleLoading {
  readonly #places: ModulePlaces;
  readonly #search: ModuleSearch;
  #importsHooked = false;

  constructor(private readonly setup: WorkerSetup) {
    this.#places = {
      taskRoot: existsSync(setup.taskRoot) ? realpathSync(setup.taskRoot) : setup.taskRoot,
      layers: setup.layers,
      libraries: (process.env.NODE_PATH ?? '').split(delimiter).filter((folder) => basename(folder) === 'node_modules'),
      // The project that the local cloud runs in, and Stepwright itself.
      sdkHomes: [process.cwd(), dirname(dirname(__filename))],
    };
    this.#search = new ModuleSearch(this.#places);
    this.#hookRequires();
    if (modules.registerHooks) this.#hookImports();
    else this.#hookImportsWhenAsked();
  }

  /** Finds the handler and runs the code around it. Never rejects. */
  async load(): Promise<Loaded> {
    const match = /^((?:.*\/)?[^./]*)\.(.+)$/.exec(this.setup.handler);
    if (!match) return { error: { errorType: 'Runtime.MalformedHandlerName', errorMessage: 'Bad handler' } };
    const [, modulePath = '', exportPath = ''] = match;
    const stem = resolve(this.#places.taskRoot, modulePath);
    const paths = ['.js', '.mjs', '.cjs'].map((extension) => this.#search.inLayers(stem + extension));
    const file = paths.find((path) => existsSync(path));
    if (!file) {
      const errorMessage = `Error: Cannot find module '${basename(stem)}'\nRequire stack:\n- ${dirname(stem)}`;
      return { error: { errorType: 'Runtime.ImportModuleError', errorMessage, trace: [errorMessage] } };
    }
    let found: unknown;
    try {
      found = await this.#import(file);
    } catch (error) {
      return { error: describeLoadError(error) };
    }
    for (const name of exportPath.split('.')) found = (found as Record<string, unknown> | undefined)?.[name];
    return this.#checked(found);
  }

  #checked(found: unknown): Loaded {
    const { handler, runtime } = this.setup;
    if (typeof found !== 'function') {
      const kind = found === undefined ? 'undefined or not exported' : 'not a function';
      return { error: { errorType: 'Runtime.HandlerNotFound', errorMessage: `${handler} is ${kind}`, trace: [] } };
    }
    if (found.length > 2 && !takesCallback(runtime)) {
      const errorMessage = `ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.`;
      return { error: { errorType: 'Runtime.CallbackHandlerDeprecated', errorMessage, trace: [] } };
    }
    return { handler: found as Handler };
  }

  #import(file: string): unknown {
    if (!this.#isModule(file)) return createRequire(file)(file);
    this.#hookImports();
    return import(pathToFileURL(file).href);
  }

  #isModule(file: string): boolean {
    if (!file.endsWith('.js')) return file.endsWith('.mjs');
    const manifest = this.#search.manifestOf(file);
    return manifest !== undefined && typeIn(manifest) === 'module';
  }

  #hookRequires(): void {
    const search = this.#search;
    const resolveFilename = modules._resolveFilename;
    modules._resolveFilename = (request, parent, isMain, options) => {
      const home = parent?.filename && !options?.paths ? search.homeOf(request, parent.filename) : undefined;
      return home === undefined
        ? resolveFilename.call(Module, search.inLayers(request), parent, isMain, options)
        : resolveFilename.call(Module, request, undefined, false, { paths: [home] });
    };
    const loadJs = modules._extensions['.js'] as (typeof modules._extensions)[string];
    modules._extensions['.js'] = (module, file) => {
      if (!search.isOwn(file) || search.manifestOf(file)) return loadJs(module, file);
      module._compile(readFileSync(file, 'utf8'), file);
    };
  }

  #hookImports(): void {
    if (this.#importsHooked) return;
    this.#importsHooked = true;
    if (modules.registerHooks) modules.registerHooks({ resolve: importHook(this.#search) });
    else register(pathToFileURL(join(dirname(__filename), 'lambda-import-hooks.js')), { data: this.#places });
  }

  /**
   * A thread for the hooks makes a cold start twice as long: it begins when there is something that imports. Such a Node
   * asks them about no import of an ES module that is `require`d, which AWS's runtimes before Node.js 24 do not take at all.
   */
  #hookImportsWhenAsked(): void {
    const search = this.#search;
    const hookImports = () => this.#hookImports();
    const compile = modules.prototype._compile;
    modules.prototype._compile = function (text, file, ...more: unknown[]) {
      if (IMPORTS.test(text) && search.isOwn(file)) hookImports();
      return Reflect.apply(compile, this, [text, file, ...more]);
    };
  }
}

/** Imports that a hook could have a say in: not those of Node's own modules, which every bundle with a part of the SDK has. */
const IMPORTS = /\bimport\s*\((?!\s*["'`]node:)/;

function typeIn(manifest: string): unknown {
  try {
    return JSON.parse(readFileSync(manifest, 'utf8')).type;
  } catch {
    // Node itself says what is wrong with it.
    return undefined;
  }
}

function takesCallback(runtime: string): boolean {
  return Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 24) < 24;
}
