import { randomUUID } from 'node:crypto';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';

/**
 * Owns connections: how callers of HTTP APIs authorise themselves, with an API key or a name and a password. What is
 * secret is kept in Secrets Manager, in the form that EventBridge gives it there; the rest can be described.
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html
 */
export class Connections {
  readonly #connections: Collection<Connection>;

  constructor(private readonly parts: Parts) {
    this.#connections = parts.store.collection('event_connections');
  }

  async create(input: AwsShape): Promise<AwsShape> {
    const { Name: name } = input;
    if (typeof name !== 'string' || !/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
      throw invalid('Parameter Name is not valid.');
    if (this.#connections.get(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Connection ${name} already exists.`);
    }
    const { region, accountId } = this.parts.identity;
    const id = randomUUID();
    const content = readContent(input);
    const { ARN: secretArn } = await this.#secrets('CreateSecret', {
      Name: `events!connection/${name}/${id}`,
      SecretString: secretText(content),
    });
    const now = this.parts.clock.now();
    const connection: Connection = {
      name,
      arn: `arn:aws:events:${region}:${accountId}:connection/${name}/${id}`,
      secretArn,
      createdAt: now,
      modifiedAt: now,
      ...described(content),
    };
    await this.#connections.put(name, connection);
    return summary(connection);
  }

  async update(input: AwsShape): Promise<AwsShape> {
    const connection = this.#require(input.Name);
    const content = readContent({
      AuthorizationType: connection.authorizationType,
      Description: connection.description,
      ...input,
    });
    const SecretId = connection.secretArn;
    await this.#secrets('PutSecretValue', { SecretId, SecretString: secretText(content) });
    const updated = { ...connection, ...described(content), modifiedAt: this.parts.clock.now() };
    await this.#connections.put(connection.name, updated);
    return summary(updated);
  }

  describe(input: AwsShape): AwsShape {
    const connection = this.#require(input.Name);
    return {
      ...summary(connection),
      Name: connection.name,
      Description: connection.description,
      SecretArn: connection.secretArn,
      AuthorizationType: connection.authorizationType,
      AuthParameters: connection.authParameters,
    };
  }

  list(input: AwsShape): AwsShape {
    const connections = this.#connections.list(input.NamePrefix ?? '').map(({ value }) => value);
    return {
      Connections: connections.map((connection) => ({
        ...summary(connection),
        Name: connection.name,
        AuthorizationType: connection.authorizationType,
      })),
    };
  }

  async delete(input: AwsShape): Promise<AwsShape> {
    const connection = this.#require(input.Name);
    await this.#secrets('DeleteSecret', { SecretId: connection.secretArn, ForceDeleteWithoutRecovery: true });
    await this.#connections.delete(connection.name);
    return { ...summary(connection), ConnectionState: 'DELETING' };
  }

  #require(name: unknown): Connection {
    const connection = this.#connections.get(String(name));
    if (!connection) throw new AwsError('ResourceNotFoundException', `Connection '${name}' does not exist.`);
    return connection;
  }

  #secrets(operation: string, input: AwsShape): Promise<AwsShape> {
    return this.parts.aws.call('secretsmanager', operation, input, { via: 'events' });
  }
}

interface Connection {
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  readonly description?: string;
  readonly authorizationType: string;
  /** Without secrets. */
  readonly authParameters: AwsShape;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

interface Content {
  readonly description?: string;
  readonly authorizationType: 'API_KEY' | 'BASIC';
  /** As the API gives them, secrets included. */
  readonly key: AwsShape;
  readonly http?: AwsShape;
}

function readContent({ AuthorizationType: type, AuthParameters, Description: description }: AwsShape): Content {
  if (type !== 'API_KEY' && type !== 'BASIC') {
    throw invalid(`The local cloud does not authorise connections by ${type}, only by API_KEY and BASIC.`);
  }
  const { ApiKeyAuthParameters, BasicAuthParameters, InvocationHttpParameters } = AuthParameters ?? {};
  const key = type === 'API_KEY' ? ApiKeyAuthParameters : BasicAuthParameters;
  const complete = type === 'API_KEY' ? key?.ApiKeyName && key.ApiKeyValue : key?.Username && key.Password;
  if (!complete) throw invalid(`Parameter AuthParameters does not fit the authorization type ${type}.`);
  return { description, authorizationType: type, key, http: InvocationHttpParameters };
}

/** As EventBridge writes it: members in snake_case. */
function secretText({ authorizationType, key, http }: Content): string {
  const own =
    authorizationType === 'API_KEY'
      ? { api_key_name: key.ApiKeyName, api_key_value: key.ApiKeyValue }
      : { username: key.Username, password: key.Password };
  const list = (given: AwsShape[] | undefined) =>
    given?.map(({ Key, Value, IsValueSecret }) => ({
      key: Key,
      value: Value,
      is_value_secret: IsValueSecret === true,
    }));
  const invocation_http_parameters = http && {
    header_parameters: list(http.HeaderParameters),
    query_string_parameters: list(http.QueryStringParameters),
    body_parameters: list(http.BodyParameters),
  };
  return JSON.stringify({ ...own, invocation_http_parameters });
}

function described({ description, authorizationType, key, http }: Content) {
  const list = (given: AwsShape[] | undefined) =>
    given?.map(({ Value, ...rest }) => (rest.IsValueSecret ? rest : { ...rest, Value }));
  const authParameters = {
    ...(authorizationType === 'API_KEY'
      ? { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }
      : { BasicAuthParameters: { Username: key.Username } }),
    InvocationHttpParameters: http && {
      HeaderParameters: list(http.HeaderParameters),
      QueryStringParameters: list(http.QueryStringParameters),
      BodyParameters: list(http.BodyParameters),
    },
  };
  return { description, authorizationType, authParameters };
}

function summary({ arn, createdAt, modifiedAt }: Connection): AwsShape {
  return {
    ConnectionArn: arn,
    ConnectionState: 'AUTHORIZED',
    CreationTime: new Date(createdAt),
    LastModifiedTime: new Date(modifiedAt),
    LastAuthorizedTime: new Date(modifiedAt),
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
