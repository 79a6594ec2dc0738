import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/**
 * Imports point downwards only (docs/architecture.md). A folder may import itself, what it names here, and what those
 * may import; nothing else.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'local/asl': [],
  'local/cost': [],
  'local/engine': ['local/asl'],
  'local/picture': ['local/asl'],
  'local/runtime': ['local/engine'],
  'local/services': ['local/runtime', 'local/cost'],
  'local/assembly': ['local/services'],
  'local/testing': ['local/assembly'],
  'local/console': ['local/assembly', 'local/picture'],
  'local/cli': ['local/assembly', 'local/testing', 'local/console', 'local/picture', 'package.json'],
  lambda: [],
  lib: ['local/asl/validate', 'lambda'],
  demo: ['local/cli', 'local/assembly'],
  desk: ['local/cli', 'lambda/shared'],
  previews: ['local/cli', 'lambda'],
  bin: ['lib', 'local/cli', 'demo', 'desk'],
  'bench/command': ['local/cli/command'],
  'bench/speed': ['bench/command', 'local/asl', 'local/services'],
  'bench/load': ['bench/command', 'local/cli', 'local/assembly', 'bin/build.mjs'],
  'bench/cold-starts': ['bench/command', 'lib/workflow'],
  'bench/cost': ['bench/command', 'demo', 'bin/build.mjs'],
};

const root = resolve(__dirname, '..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .map((file) => join(folder, file));
}

/** Every module that `text` names in an import, export-from, dynamic import or require. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"]+)\1/g);
  return [...found].map((match) => match[2] as string);
}

function layerOf(file: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

function reachable(layer: string): Set<string> {
  const seen = new Set<string>([layer]);
  const visit = (name: string) => {
    for (const below of MAY_IMPORT[name] ?? []) {
      if (seen.has(below)) continue;
      seen.add(below);
      visit(below);
    }
  };
  visit(layer);
  return seen;
}

interface Import {
  from: string;
  to: string;
}

function relativeImports(layer: string): Import[] {
  return sources(layer).flatMap((from) =>
    importsOf(readFileSync(join(root, from), 'utf8'))
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from, to: relative(root, resolve(root, from, '..', specifier)) })),
  );
}

describe('imports point downwards only', () => {
  test.each(Object.keys(MAY_IMPORT))('%s', (layer) => {
    const allowed = [...reachable(layer)];
    const imports = relativeImports(layer);
    const upward = imports.filter(({ to }) => !allowed.some((name) => to === name || to.startsWith(`${name}/`)));
    expect(upward).toEqual([]);
    expect(sources(layer).length).toBeGreaterThan(0);
  });

  test('the rooms of local/services do not reach into each other', () => {
    const room = (file: string) => file.split('/').slice(0, 3).join('/');
    const isRoom = (file: string) => /^local\/services\/[^/]+\//.test(file);
    const crossing = relativeImports('local/services').filter(
      ({ from, to }) => isRoom(to) && room(from) !== room(to) && !SHARED_BY_ROOMS.has(room(to)),
    );
    expect(crossing).toEqual([]);
  });

  test('the check itself sees every form of import', () => {
    const text = `import a from './a';\nexport { b } from "./b";\nconst c = await import('./c');\nconst d = require('./d');\nimport './e';`;
    expect(importsOf(text)).toEqual(['./a', './b', './c', './d', './e']);
    expect(layerOf('local/asl/json.ts')).toBe('local/asl');
    expect([...reachable('local/runtime')]).toEqual(['local/runtime', 'local/engine', 'local/asl']);
  });
});

/** Folders of `services/` that are not a room but what rooms have in common. */
const SHARED_BY_ROOMS = new Set(
  ['wire', 'delivery', 'metering', 'patterns', 'polling', 'fifo', 'timetable'].map((room) => `local/services/${room}`),
);
