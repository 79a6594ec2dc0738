import { TaskError } from '../../runtime/dispatch';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { type SigningKeys, signRequest } from '../sigv4';
import { sendRequest } from './http';
import type { ClientProtocol } from './protocol';

/** A service that runs elsewhere, and the environment variable that says where. */
export interface RemoteApi {
  /** As `AwsService.id`. */
  readonly id: string;
  readonly signingName: string;
  /** In messages: 'DynamoDB'. */
  readonly title: string;
  /** 'DYNAMODB_ENDPOINT' */
  readonly variable: string;
  readonly protocol: ClientProtocol;
}

/**
 * Owns the calls of one service at an endpoint: they take the same way as calls of a local room, and end in a signed
 * request of the service's protocol. One attempt each: repeating is for the state machine's Retry to say.
 */
export class RemoteService implements AwsService {
  readonly id: string;
  readonly signingName: string;
  readonly protocol: WireProtocol = { kind: 'http', handle: refuse };

  constructor(
    private readonly api: RemoteApi,
    private readonly endpoint: URL,
    private readonly caller: { readonly keys: SigningKeys; readonly region: string },
  ) {
    this.id = api.id;
    this.signingName = api.signingName;
  }

  async call(operation: string, input: AwsShape, { signal }: Caller): Promise<AwsShape> {
    const { protocol, signingName } = this.api;
    const request = protocol.write(operation, input);
    const target = this.endpoint.pathname.replace(/\/$/, '') + request.target;
    const url = new URL(target, this.endpoint);
    const headers = signRequest(
      { ...request, url, target, headers: { ...request.headers, host: this.endpoint.host } },
      this.caller.keys,
      { service: signingName, region: this.caller.region, now: Date.now() },
    );
    const answer = await sendRequest(this.endpoint, { ...request, target, headers }, signal);
    if (answer.status >= 200 && answer.status < 300) return protocol.read(operation, answer);
    throw protocol.readError(answer);
  }
}

/** Stands where no endpoint was given: a task that needs the service fails, and its cause says what to do. */
export class MissingService implements AwsService {
  readonly id: string;
  readonly signingName: string;
  readonly protocol: WireProtocol = { kind: 'http', handle: refuse };

  readonly missing: string;

  constructor({ id, signingName, title, variable }: RemoteApi) {
    this.id = id;
    this.signingName = signingName;
    this.missing = `No endpoint of ${title} is known: set ${variable} to its URL, or mock the state (SFN_MOCK_CONFIG).`;
  }

  async call(): Promise<never> {
    throw new TaskError('Stepwright.NoEndpoint', this.missing);
  }
}

/** What runs elsewhere is called by tasks alone, not served on. */
async function refuse(): Promise<never> {
  throw new AwsError('UnknownOperationException', '', 404);
}
