import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  LambdaClient,
  ListLayersCommand,
  ListLayerVersionsCommand,
} from '@aws-sdk/client-lambda';
import type { LayerContent } from '../../../local/services/lambda/layers';
import { WireServer } from '../../../local/services/wire/server';
import { makeLambda, makeParts } from './local-cloud';

const parts = makeParts();
const { lambda, define, invoke, cleanUp } = makeLambda(parts);
const root = mkdtempSync(join(tmpdir(), 'layers-'));
let count = 0;

afterAll(async () => {
  await cleanUp();
  await parts.close();
  rmSync(root, { recursive: true, force: true });
});

function folder(files: Record<string, string>): string {
  const directory = join(root, `layer-${count++}`);
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}

/** Publishes it under a name of its own unless told; answers the ARN. */
function layer(files: Record<string, string>, more: Partial<LayerContent> = {}): Promise<string> {
  const directory = folder(files);
  return lambda.layers.publish({ name: `layer-${count}`, directory, contentId: directory, ...more });
}

/** A package that says where it is from, `below` the layer. */
function library(name: string, from: string, below = 'nodejs/node_modules'): Record<string, string> {
  return {
    [`${below}/${name}/package.json`]: '{"exports":{"import":"./i.mjs","require":"./r.js"}}',
    [`${below}/${name}/i.mjs`]: `export default '${from}, imported'`,
    [`${below}/${name}/r.js`]: `module.exports = '${from}, required'`,
  };
}

const noCode = mkdtempSync(join(tmpdir(), 'code-'));
const attach = (...arns: string[]) => ({ layers: lambda.layers.attach(arns, noCode) });

/** Both ways, of each package that the event names. */
const BOTH = `exports.handler = async (names) => {
  const found = {};
  for (const name of names) found[name] = [require(name), (await import(name)).default];
  return found;
}`;

test('a function finds the modules of its layers by require and by import, of several the last one’s', async () => {
  const first = await layer({
    ...library('a', 'first'),
    ...library('b', 'first'),
    ...library('d', 'first', 'nodejs/node22/node_modules'),
    ...library('own', 'first'),
    ...library('old', 'first', 'nodejs/node20/node_modules'),
  });
  const last = await layer({ ...library('b', 'last'), ...library('@c/c', 'last'), ...library('d', 'last') });
  await define({ 'index.js': BOTH, ...library('own', 'own', 'node_modules') }, attach(first, last));
  expect((await invoke(['a', 'b', '@c/c', 'd', 'own'])).value).toEqual({
    a: ['first, required', 'first, imported'],
    b: ['last, required', 'last, imported'],
    '@c/c': ['last, required', 'last, imported'],
    // NODE_PATH has the folder of the runtime first.
    d: ['first, required', 'first, imported'],
    own: ['own, required', 'own, imported'],
  });
  expect((await invoke(['old'])).value.errorMessage).toContain("Cannot find module 'old'");

  await define({ 'index.mjs': `import b from 'b'; export const handler = async () => b` }, attach(last, first));
  expect((await invoke()).value).toBe('first, imported');
});

test('what a layer’s module asks for is looked for in all layers; what lies around the package comes after them', async () => {
  const user = await layer({
    'nodejs/node_modules/user/index.js': `module.exports = [require('used'), require('nested')]`,
    ...library('used', 'user'),
    ...library('nested', 'within', 'nodejs/node_modules/user/node_modules'),
  });
  const used = await layer({ ...library('used', 'used'), ...library('nested', 'used') });
  const project = { ...library('used', 'project', 'node_modules'), ...library('other', 'project', 'node_modules') };
  const code = `exports.handler = async () => [require('user'), require('used'), (await import('used')).default, require('other')]`;
  await define({ 'asset/index.js': code, ...project }, attach(user, used), 'asset');
  expect((await invoke()).value).toEqual([
    ['used, required', 'within, required'],
    'used, required',
    'used, imported',
    'project, required',
  ]);
});

test('modules are found by their path in /opt, and so is the handler', async () => {
  const tools = await layer({
    'nodejs/tool.js': `module.exports = 'a tool'`,
    'nodejs/tool.mjs': `export default 'a module'`,
    'nodejs/handlers.js': `exports.handler = async () => 'from the layer'`,
  });
  const code = `import tool from '/opt/nodejs/tool.mjs';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    export const handler = async () => [tool, require('/opt/nodejs/tool'), (await import('/opt/nodejs/tool.js')).default]`;
  await define({ 'index.mjs': code }, attach(tools));
  expect((await invoke()).value).toEqual(['a module', 'a tool', 'a tool']);
  await define({ 'index.js': '' }, { ...attach(tools), handler: '/opt/nodejs/handlers.handler' });
  expect((await invoke()).value).toBe('from the layer');
  await define({ 'index.js': `require('/opt/nodejs/none')` }, attach(tools));
  expect((await invoke()).value.errorMessage).toContain("Cannot find module '/opt/nodejs/none'");
});

test('NODE_PATH is as on AWS, with the folders of this machine', async () => {
  const [one, other] = [folder({ 'lib/x/index.js': `module.exports = 'x'` }), folder({ 'nodejs/y': '' })];
  const arns = [await layer({}, { directory: one }), await layer({}, { directory: other })];
  const code = `exports.handler = async () => [process.env.NODE_PATH, process.env.LAMBDA_TASK_ROOT]`;
  await define(code, attach(...arns));
  const [path, taskRoot] = (await invoke()).value;
  expect(path.split(':')).toEqual([
    join(other, 'nodejs/node22/node_modules'),
    join(one, 'nodejs/node22/node_modules'),
    join(other, 'nodejs/node_modules'),
    join(one, 'nodejs/node_modules'),
    taskRoot,
  ]);
  const NODE_PATH = '/opt/lib:/var/task/lib';
  await define(
    { 'index.js': `exports.handler = async () => require('x') + require('z')`, 'lib/z.js': `module.exports = 'z'` },
    { ...attach(...arns), environment: { NODE_PATH } },
  );
  expect((await invoke()).value).toBe('xz');
});

test('layers that AWS would not take together are refused', async () => {
  const arn = (name: string, version = 1) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:${version}`;
  expect(() => attach(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => arn(name)))).toThrow(
    'Cannot reference more than 5 layers.',
  );
  expect(() => attach(arn('a'), arn('b'), arn('a', 2))).toThrow(
    `Two different versions of the same layer are not allowed to be referenced in the same function. ${arn('a')} and ${arn('a', 2)} are versions of the same layer.`,
  );
  const large = folder({ 'bin/large': '' });
  truncateSync(join(large, 'bin/large'), 262_144_000);
  const largeArn = await layer({}, { directory: large });
  const code = folder({ 'index.js': '12345' });
  expect(() => lambda.layers.attach([largeArn], code)).toThrow(
    'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262144005 bytes.',
  );
  truncateSync(join(large, 'bin/large'), 262_144_001);
  await expect(layer({}, { directory: large })).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message: 'Unzipped size must be smaller than 262144000 bytes',
  });
});

test('the SDK reads layers and their versions, and those of functions', async () => {
  const wire = new WireServer(parts);
  const { region, accessKeyId, secretAccessKey } = parts.identity;
  const { url: endpoint } = await wire.start();
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  try {
    const told = { description: 'Tools', licenseInfo: 'MIT', compatibleRuntimes: ['nodejs22.x'] };
    const first = await layer({ 'nodejs/a.js': '1' }, { name: 'tools', ...told });
    const second = await layer({ 'nodejs/a.js': '22' }, { name: 'tools', compatibleArchitectures: ['arm64'] });
    const toolsArn = 'arn:aws:lambda:us-east-1:123456789012:layer:tools';
    expect([first, second]).toEqual([`${toolsArn}:1`, `${toolsArn}:2`]);

    const absent = 'arn:aws:lambda:us-east-1:017000801446:layer:Powertools:7';
    await define(`exports.handler = async () => 1`, attach(absent, second));
    const { Layers } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'fn' }));
    expect(Layers).toEqual([{ Arn: absent }, { Arn: second, CodeSize: 2 }]);

    const described = await client.send(new GetLayerVersionCommand({ LayerName: 'tools', VersionNumber: 1 }));
    expect(described).toMatchObject({
      LayerArn: toolsArn,
      LayerVersionArn: first,
      Version: 1,
      Description: 'Tools',
      LicenseInfo: 'MIT',
      CompatibleRuntimes: ['nodejs22.x'],
      CreatedDate: '2030-01-01T00:00:00.000+0000',
      Content: { CodeSize: 1 },
    });
    expect(await client.send(new GetLayerVersionByArnCommand({ Arn: second }))).toMatchObject({ Version: 2 });
    const { Layers: listed } = await client.send(new ListLayersCommand({ CompatibleArchitecture: 'arm64' }));
    expect(listed).toMatchObject([{ LayerName: 'tools', LayerArn: toolsArn, LatestMatchingVersion: { Version: 2 } }]);
    const page = await client.send(new ListLayerVersionsCommand({ LayerName: 'tools', MaxItems: 1 }));
    expect(page.LayerVersions).toMatchObject([{ Version: 2 }]);
    const rest = await client.send(new ListLayerVersionsCommand({ LayerName: toolsArn, Marker: page.NextMarker }));
    expect([rest.LayerVersions, rest.NextMarker]).toEqual([[expect.objectContaining({ Version: 1 })], undefined]);

    await client.send(new DeleteLayerVersionCommand({ LayerName: 'tools', VersionNumber: 2 }));
    await expect(
      client.send(new GetLayerVersionCommand({ LayerName: 'tools', VersionNumber: 2 })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
    await expect(
      client.send(new GetLayerVersionCommand({ LayerName: 'tools', VersionNumber: 0 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await client.send(new DeleteLayerVersionCommand({ LayerName: 'nobody', VersionNumber: 9 }));
    expect(await layer({ 'nodejs/a.js': '22' }, { name: 'tools' })).toBe(`${toolsArn}:3`);
  } finally {
    client.destroy();
    await wire.stop();
  }
});

test('a layer keeps its number as long as it is the same', async () => {
  const directory = folder({ 'nodejs/a.js': '' });
  const content = { name: 'kept', directory, contentId: 'one' };
  const first = await lambda.layers.publish(content);
  const other = await lambda.layers.publish({ ...content, contentId: 'two' });
  // Another process, of the same data.
  const again = makeLambda({ ...parts, aws: makeParts().aws });
  expect(await again.lambda.layers.publish({ ...content, directory: folder({ 'nodejs/a.js': '' }) })).toBe(first);
  expect(await again.lambda.layers.publish({ ...content, contentId: 'two' })).toBe(other);
  expect(await again.lambda.layers.publish({ ...content, description: 'three' })).toMatch(/:kept:3$/);
  await again.cleanUp();
});
