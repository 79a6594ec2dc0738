import type { ResolveHook } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ModulePlaces, ModuleSearch, OPT } from './module-search';

/**
 * Owns the hook by which `import` looks where `ModuleSearch` says. Before `module.registerHooks`, Node runs hooks in a thread
 * of their own: for that this file is compiled to one, too, and exports what Node calls there.
 */
export function importHook(search: ModuleSearch) {
  return <T>(specifier: string, context: Parameters<ResolveHook>[1], next: (s: string, c: typeof context) => T): T => {
    const { parentURL, conditions } = context;
    // `require` has its own way (`module-loading.ts`).
    if (!conditions?.includes('import') || !parentURL?.startsWith('file:')) return next(specifier, context);
    if (specifier.startsWith(OPT)) return next(pathToFileURL(search.inLayers(specifier)).href, context);
    const home = search.homeOf(specifier, fileURLToPath(parentURL));
    if (home === undefined) return next(specifier, context);
    return next(specifier, { ...context, parentURL: pathToFileURL(join(home, 'package.json')).href });
  };
}

let hook: ReturnType<typeof importHook>;

export function initialize(places: ModulePlaces): void {
  hook = importHook(new ModuleSearch(places));
}

export const resolve: ResolveHook = (specifier, context, next) => hook(specifier, context, next);
