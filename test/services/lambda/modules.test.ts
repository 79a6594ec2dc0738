import { Module } from 'node:module';
import { makeLambda, makeParts } from './local-cloud';

const hasHooksInThread = 'registerHooks' in Module;
const parts = makeParts();
const { define, invoke, cleanUp } = makeLambda(parts);

afterAll(async () => {
  await cleanUp();
  await parts.close();
});

const OWN_SDK = {
  'node_modules/@aws-sdk/client-sfn/package.json': '{"exports":{"import":"./own.mjs","require":"./own.js"}}',
  'node_modules/@aws-sdk/client-sfn/own.mjs': `export class SFNClient { static name = 'own, imported' }`,
  'node_modules/@aws-sdk/client-sfn/own.js': `exports.SFNClient = class { static name = 'own, required' }`,
};

const STATIC = `import { SFNClient } from '@aws-sdk/client-sfn'; export const handler = async () => SFNClient.name;`;
const LAZY = `exports.handler = async () => (await import('@aws-sdk/client-sfn')).SFNClient.name;`;

test.each<[string, Record<string, string>, string]>([
  ['an ES module', { 'index.mjs': STATIC }, 'SFNClient'],
  [
    'a package of ES modules, which may await',
    { 'package.json': '{"type":"module"}', 'index.js': `await 0; ${STATIC}` },
    'SFNClient',
  ],
  ['an import that is carried out', { 'index.js': LAZY }, 'SFNClient'],
  ['an import in a file beside', { 'index.cjs': `module.exports = require('./lazy')`, 'lazy.js': LAZY }, 'SFNClient'],
  [
    'a part of it',
    { 'index.mjs': `import { Hash } from '@smithy/core/serde'; export const handler = async () => typeof Hash` },
    'function',
  ],
  ['an ES module with its own', { 'index.mjs': STATIC, ...OWN_SDK }, 'own, imported'],
  ['an import where there is its own', { 'index.js': LAZY, ...OWN_SDK }, 'own, imported'],
  [
    'a file that requires its own',
    {
      'index.js': `const { SFNClient } = require('@aws-sdk/client-sfn'); exports.handler = async () => SFNClient.name`,
      ...OWN_SDK,
    },
    'own, required',
  ],
])('the SDK that the runtimes of AWS bring: %s', async (_name, files, expected) => {
  await define(files);
  expect((await invoke()).value).toEqual(expected);
});

// Older ones do not ask hooks about it.
if (hasHooksInThread) {
  test('an ES module that is required finds the SDK, too', async () => {
    await define({ 'index.js': `exports.handler = require('./static.mjs').handler`, 'static.mjs': STATIC });
    expect((await invoke()).value).toBe('SFNClient');
  });
}

test('nothing but the SDK is found that is not deployed', async () => {
  await define({ 'index.mjs': `import 'esbuild'; export const handler = async () => 1` });
  expect((await invoke()).value).toMatchObject({
    errorType: 'Runtime.ImportModuleError',
    errorMessage: expect.stringMatching(/Cannot find package 'esbuild' imported from \S+index\.mjs$/),
  });
});

test('an import of a part of the SDK that is nowhere says what to do, as the module is loaded and later', async () => {
  const message = expect.stringMatching(
    /Cannot find package '@aws-sdk\/client-none' imported from \S+ \(AWS's runtimes bring it; here, install it in the project: npm install --save-dev @aws-sdk\/client-none\)$/,
  );
  await define({ 'index.mjs': `import '@aws-sdk/client-none/x'; export const handler = async () => 1` });
  expect((await invoke()).value).toMatchObject({ errorType: 'Runtime.ImportModuleError', errorMessage: message });
  await define(`exports.handler = async () => import('@aws-sdk/client-none')`);
  expect((await invoke()).value).toMatchObject({ errorType: 'Error', errorMessage: message });
});

test('a function is of the kind that its own package says, whatever the project around it is', async () => {
  const project = { 'package.json': '{"type":"module"}' };
  const handler = `exports.handler = async () => require('./beside').x`;
  await define({ ...project, 'asset/index.js': handler, 'asset/beside.js': 'exports.x = 7' }, {}, 'asset');
  expect((await invoke()).value).toBe(7);
  await define({ ...project, 'asset/index.js': `export const handler = async () => 8` }, {}, 'asset');
  expect((await invoke()).value).toBe(8);
});
