import { Cloud } from '../../local/assembly/cloud';
import { temporaryDirectory, writeAssembly } from './synthesize';

/** Deploys a stack of these rules, and answers the names of all that there are. */
async function deploy(dataDir: string, rules: Record<string, { name: string } & Record<string, string>>) {
  const resources = Object.entries(rules).map(([id, { name, ...policies }]) => [
    id,
    { Type: 'AWS::Events::Rule', Properties: { Name: name, EventPattern: { source: ['shop'] } }, ...policies },
  ]);
  const topic = { Topic: { Type: 'AWS::SNS::Topic' } };
  const cloud = await Cloud.boot({
    assemblyDir: writeAssembly('Shop', { ...topic, ...Object.fromEntries(resources) }),
    dataDir,
  });
  try {
    const { Rules } = await cloud.aws.call('eventbridge', 'ListRules', {}, { via: 'test' });
    return Rules.map(({ Name }: { Name: string }) => Name);
  } finally {
    await cloud.stop();
  }
}

test('what is retained stays when it has left its template or is replaced, and nothing else', async () => {
  const dataDir = temporaryDirectory();
  const left = { DeletionPolicy: 'Retain' };
  const replaced = { UpdateReplacePolicy: 'Retain' };
  const first = {
    A: { name: 'a' },
    B: { name: 'b', ...left },
    C: { name: 'c', ...left },
    D: { name: 'd', ...replaced },
    E: { name: 'e', DeletionPolicy: 'RetainExceptOnCreate' },
  };
  expect(await deploy(dataDir, first)).toEqual(['a', 'b', 'c', 'd', 'e']);
  const renamed = { C: { name: 'c2', ...left }, D: { name: 'd2', ...replaced } };
  expect(await deploy(dataDir, renamed)).toEqual(['b', 'c2', 'd', 'd2', 'e']);
  // The policy that counts is the last that the template had.
  expect(await deploy(dataDir, {})).toEqual(['b', 'c2', 'd', 'e']);
});
