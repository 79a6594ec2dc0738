import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { randomPassword } from '../../../local/services/secretsmanager/password';
import { SecretsManagerService } from '../../../local/services/secretsmanager/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

const parts = testParts();
parts.aws.register(new SecretsManagerService(parts));
const wire = new WireServer(parts, {});
let client: SecretsManagerClient;

beforeAll(async () => {
  const { url } = await wire.start();
  client = new SecretsManagerClient({ endpoint: url, region: identity.region, credentials: identity, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await wire.stop();
});

test('a secret is found by its name and its ARN, and the value before the last stays readable', async () => {
  const { ARN } = await client.send(new CreateSecretCommand({ Name: 'app/key', SecretString: 'one' }));
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:app\/key-[A-Za-z0-9]{6}$/);
  await parts.clock.advanceBy(60_000);
  await client.send(new PutSecretValueCommand({ SecretId: 'app/key', SecretString: 'two' }));
  const current = await client.send(new GetSecretValueCommand({ SecretId: ARN as string }));
  expect(current).toMatchObject({ Name: 'app/key', SecretString: 'two', VersionStages: ['AWSCURRENT'] });
  expect(current.CreatedDate).toEqual(new Date('2026-01-01T00:01:00Z'));
  const previous = await client.send(new GetSecretValueCommand({ SecretId: 'app/key', VersionStage: 'AWSPREVIOUS' }));
  expect(previous.SecretString).toBe('one');
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: 'app/key' }));
  expect(VersionIdsToStages).toEqual({
    [current.VersionId as string]: ['AWSCURRENT'],
    [previous.VersionId as string]: ['AWSPREVIOUS'],
  });
});

test('bytes come back as they were', async () => {
  const bytes = new Uint8Array([0, 255, 128, 10]);
  await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: bytes }));
  const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }));
  expect([...(SecretBinary as Uint8Array)]).toEqual([...bytes]);
});

test('secrets survive a restart', async () => {
  await client.send(new CreateSecretCommand({ Name: 'kept', SecretString: 'value' }));
  const again = new SecretsManagerService(restarted(parts));
  const { SecretString } = await again.call('GetSecretValue', { SecretId: 'kept' }, { via: 'test' });
  expect(SecretString).toBe('value');
});

test('what is deleted is gone; names, missing values and doubles are refused as on AWS', async () => {
  await client.send(new CreateSecretCommand({ Name: 'gone', SecretString: 'x' }));
  await client.send(new DeleteSecretCommand({ SecretId: 'gone' }));
  const refusals: Array<[Promise<unknown>, string]> = [
    [client.send(new GetSecretValueCommand({ SecretId: 'gone' })), 'ResourceNotFoundException'],
    [client.send(new CreateSecretCommand({ Name: 'app/key', SecretString: 'x' })), 'ResourceExistsException'],
    [client.send(new CreateSecretCommand({ Name: 'not a name', SecretString: 'x' })), 'ValidationException'],
    [client.send(new CreateSecretCommand({ Name: 'empty' })), 'InvalidParameterException'],
    [
      client.send(new GetSecretValueCommand({ SecretId: 'app/key', VersionId: 'x'.repeat(32) })),
      'ResourceNotFoundException',
    ],
  ];
  for (const [call, name] of refusals) await expect(call).rejects.toMatchObject({ name });
  const { SecretList } = await client.send(new ListSecretsCommand({}));
  expect(SecretList?.map(({ Name }) => Name)).toEqual(['app/key', 'bytes', 'kept']);
});

test('a random password has the length asked for, each kind asked for, and nothing that was excluded', async () => {
  const { RandomPassword } = await client.send(new GetRandomPasswordCommand({}));
  expect(RandomPassword).toHaveLength(32);
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 200 }),
      fc.boolean(),
      fc.string({ unit: fc.constantFrom('a', 'B', '7', '!', '/') }),
      (PasswordLength, ExcludePunctuation, ExcludeCharacters) => {
        const password = randomPassword({ PasswordLength, ExcludePunctuation, ExcludeCharacters });
        expect(password).toHaveLength(PasswordLength);
        expect(password).toMatch(/[a-z]/);
        expect(password).toMatch(/[A-Z]/);
        expect(password).toMatch(/[0-9]/);
        expect(/[^A-Za-z0-9]/.test(password)).toBe(!ExcludePunctuation);
        for (const excluded of ExcludeCharacters) expect(password).not.toContain(excluded);
      },
    ),
  );
  expect(() => randomPassword({ PasswordLength: 3 })).toThrow('too short');
});
