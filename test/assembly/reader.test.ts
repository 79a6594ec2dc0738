import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack, Stage } from 'aws-cdk-lib/core';
import { AssemblyError } from '../../local/assembly/errors';
import { readAssembly } from '../../local/assembly/reader';
import { synthesize, temporaryDirectory } from './synthesize';

test('reads the stacks of nested assemblies under their names on AWS', () => {
  const directory = synthesize((app) => {
    new CfnResource(new Stack(app, 'Plain', { stackName: 'plain-stack' }), 'Queue', { type: 'AWS::SQS::Queue' });
    new CfnResource(new Stack(new Stage(app, 'Prod'), 'Inner'), 'Topic', { type: 'AWS::SNS::Topic' });
  });
  const stacks = readAssembly(directory);
  expect(stacks.map(({ name }) => name).sort()).toEqual(['Prod-Inner', 'plain-stack']);
  expect(stacks.find(({ name }) => name === 'Prod-Inner')?.template.Resources.Topic?.Type).toBe('AWS::SNS::Topic');
});

const STACK = {
  version: '55.0.0',
  artifacts: {
    App: {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: 'App.template.json' },
      dependencies: ['App.assets'],
    },
    'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
  },
};

test.each<[string, Record<string, string>, string]>([
  ['nothing', {}, 'manifest.json does not exist'],
  ['no JSON', { 'manifest.json': '{"version":' }, 'manifest.json is not JSON'],
  ['no object', { 'manifest.json': '[]' }, 'manifest.json is malformed: it is not a JSON object.'],
  [
    'an unknown schema',
    { 'manifest.json': '{"version":"1000.0.0"}' },
    'manifest.json has the unknown schema version "1000.0.0".',
  ],
  ['no schema', { 'manifest.json': '{"artifacts":{}}' }, 'manifest.json has the unknown schema version null.'],
  ['an absent template', { 'manifest.json': JSON.stringify(STACK) }, 'App.template.json does not exist.'],
  [
    'an absent asset manifest',
    { 'manifest.json': JSON.stringify(STACK), 'App.template.json': '{}' },
    'App.assets.json does not exist.',
  ],
  [
    'a resource without a type',
    { 'manifest.json': JSON.stringify(STACK), 'App.template.json': '{"Resources":{"X":{}}}' },
    'App.template.json is malformed: the resource X has no Type.',
  ],
  [
    'an asset without a source',
    { 'manifest.json': JSON.stringify(STACK), 'App.template.json': '{}', 'App.assets.json': '{"files":{"abc":{}}}' },
    "App.assets.json is malformed: the asset 'abc' has no source or destinations.",
  ],
  [
    'a template that nests itself',
    {
      'manifest.json': JSON.stringify(STACK),
      'App.template.json': JSON.stringify({
        Resources: {
          Own: {
            Type: 'AWS::CloudFormation::Stack',
            Properties: { TemplateURL: 'https://assets.s3.amazonaws.com/key' },
          },
        },
      }),
      'App.assets.json': JSON.stringify({
        files: {
          abc: {
            source: { path: 'App.template.json' },
            destinations: { here: { bucketName: 'assets', objectKey: 'key' } },
          },
        },
      }),
    },
    'App.template.json nests itself.',
  ],
])('refuses %s, naming the file', (_case, files, message) => {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  const read = () => readAssembly(directory);
  expect(read).toThrow(AssemblyError);
  expect(read).toThrow(message);
  expect(read).toThrow(directory);
});
