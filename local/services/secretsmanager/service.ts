import { createHash, randomUUID } from 'node:crypto';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { randomPassword } from './password';

interface Version {
  readonly id: string;
  /** Virtual ms since the epoch. */
  readonly createdAt: number;
  readonly secretString?: string;
  /** Base64. */
  readonly secretBinary?: string;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly current: Version;
  readonly previous?: Version;
}

const OPERATIONS = new Set([
  'CreateSecret',
  'DeleteSecret',
  'DescribeSecret',
  'GetRandomPassword',
  'GetSecretValue',
  'ListSecrets',
  'PutSecretValue',
]);

/**
 * Owns secrets: their values in the versions AWSCURRENT and AWSPREVIOUS, kept in the store. The data directory is
 * readable by its owner alone; there is no encryption of its own and no rotation.
 * docs.aws.amazon.com/secretsmanager/latest/apireference
 */
export class SecretsManagerService implements AwsService {
  readonly id = 'secretsmanager';
  readonly signingName = 'secretsmanager';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = { kind: 'json', targetPrefix: 'secretsmanager', version: '1.1' };
  readonly #secrets: Collection<Secret>;

  constructor(private readonly parts: Parts) {
    this.#secrets = parts.store.collection('secretsmanager_secrets');
  }

  /** The secret that is meant: its ARN is known only here. */
  resourcesOf(_operation: string, { SecretId }: AwsShape): string[] {
    try {
      return [this.#find(SecretId).arn];
    } catch {
      return [];
    }
  }

  async call(operation: string, input: AwsShape, _caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'CreateSecret':
        return this.#create(input);
      case 'GetSecretValue':
        return this.#value(input);
      case 'PutSecretValue':
        return this.#putValue(input);
      case 'DescribeSecret':
        return this.#describe(this.#find(input.SecretId));
      case 'ListSecrets':
        return { SecretList: this.#secrets.list().map(({ value }) => this.#describe(value)) };
      case 'DeleteSecret':
        return this.#delete(input);
      case 'GetRandomPassword':
        return { RandomPassword: randomPassword(input) };
      default:
        throw new AwsError(
          'UnknownOperationException',
          `The local cloud does not run secretsmanager:${operation}.`,
          501,
        );
    }
  }

  async #create(input: AwsShape): Promise<AwsShape> {
    const name = input.Name;
    if (typeof name !== 'string' || !/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
      throw new AwsError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    }
    if (this.#secrets.get(name)) {
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    const { accountId, region } = this.parts.identity;
    // Six characters as AWS adds them, from the name: the same at each deployment.
    const suffix = createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'x').slice(0, 6);
    const secret: Secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
      ...(typeof input.Description === 'string' && { description: input.Description }),
      createdAt: this.parts.clock.now(),
      current: this.#newVersion(input),
    };
    await this.#secrets.put(name, secret);
    return { ARN: secret.arn, Name: name, VersionId: secret.current.id };
  }

  #value(input: AwsShape): AwsShape {
    const secret = this.#find(input.SecretId);
    const stage = input.VersionStage ?? (input.VersionId === undefined ? 'AWSCURRENT' : undefined);
    const version = [secret.current, secret.previous].find(
      (candidate, index) =>
        candidate &&
        (stage === undefined || stage === (index === 0 ? 'AWSCURRENT' : 'AWSPREVIOUS')) &&
        (input.VersionId === undefined || input.VersionId === candidate.id),
    );
    if (!version) {
      const which = input.VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${input.VersionId}`;
      throw notFound(`Secrets Manager can't find the specified secret value for ${which}`);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      VersionStages: [version === secret.current ? 'AWSCURRENT' : 'AWSPREVIOUS'],
      CreatedDate: new Date(version.createdAt),
      ...(version.secretString !== undefined && { SecretString: version.secretString }),
      ...(version.secretBinary !== undefined && { SecretBinary: Buffer.from(version.secretBinary, 'base64') }),
    };
  }

  async #putValue(input: AwsShape): Promise<AwsShape> {
    const secret = this.#find(input.SecretId);
    const current = this.#newVersion(input);
    await this.#secrets.put(secret.name, { ...secret, current, previous: secret.current });
    return { ARN: secret.arn, Name: secret.name, VersionId: current.id, VersionStages: ['AWSCURRENT'] };
  }

  #describe(secret: Secret): AwsShape {
    return {
      ARN: secret.arn,
      Name: secret.name,
      ...(secret.description !== undefined && { Description: secret.description }),
      CreatedDate: new Date(secret.createdAt),
      LastChangedDate: new Date(secret.current.createdAt),
      VersionIdsToStages: {
        [secret.current.id]: ['AWSCURRENT'],
        ...(secret.previous && { [secret.previous.id]: ['AWSPREVIOUS'] }),
      },
    };
  }

  /** Deleted at once: the recovery window of AWS is not kept. */
  async #delete(input: AwsShape): Promise<AwsShape> {
    const secret = this.#find(input.SecretId);
    await this.#secrets.delete(secret.name);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(this.parts.clock.now()) };
  }

  #newVersion(input: AwsShape): Version {
    const { SecretString: text, SecretBinary: bytes } = input;
    if ((text === undefined) === (bytes === undefined)) {
      throw new AwsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary.');
    }
    if (text !== undefined && typeof text !== 'string') {
      throw new AwsError('ValidationException', 'SecretString is not a text.');
    }
    const binary = bytes === undefined || typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
    if (Buffer.byteLength(text ?? binary) > 65_536) {
      throw new AwsError('ValidationException', 'The secret value is longer than 65536 bytes.');
    }
    return {
      id: input.ClientRequestToken ?? randomUUID(),
      createdAt: this.parts.clock.now(),
      ...(text !== undefined && { secretString: text }),
      ...(binary !== undefined && { secretBinary: binary }),
    };
  }

  /** By name, ARN, or ARN without the six characters at its end. */
  #find(secretId: unknown): Secret {
    if (typeof secretId !== 'string' || secretId === '') {
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
      );
    }
    const named = this.#secrets.get(secretId.replace(/^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:/, ''));
    const secret = named ?? this.#secrets.list().find(({ value }) => value.arn === secretId)?.value;
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    return secret;
  }
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
