import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { assembly, type Template } from '../lib/assembly';

/** A function starts the slower the larger its bundle is. One that must be larger stands here with its size and the reason. */
const LARGEST = 400_000;
const larger: Record<string, { bytes: number; reason: string }> = {};

test('no bundle of a function is larger than 400 KB', () => {
  const templates = readdirSync(assembly()).filter((file) => file.endsWith('.template.json'));
  const bundles = templates.flatMap(bundlesOf);
  expect(bundles.length).toBeGreaterThan(10);
  expect(bundles.filter(({ name, bytes }) => bytes > (larger[name]?.bytes ?? LARGEST))).toEqual([]);
});

/** The functions of a template by their logical ids, with the size of the code that is deployed for them. */
function bundlesOf(templateFile: string) {
  const { Resources } = JSON.parse(readFileSync(join(assembly(), templateFile), 'utf8')) as Template;
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([name, { Properties }]) => {
      const asset = `asset.${Properties.Code.S3Key.replace(/\.zip$/, '')}`;
      return { name, bytes: statSync(join(assembly(), asset, 'index.js')).size };
    });
}
