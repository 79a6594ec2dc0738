import type { Caller, HttpRequest } from '../aws';
import { type RoleSession, sessionOf } from '../role-session';

/** Who calls over the wire. Its signal is the request's, which is made when somebody asks for it. */
export class WireCaller implements Caller {
  readonly via = 'wire';
  readonly trace: string | undefined;

  constructor(private readonly request: HttpRequest) {
    this.trace = request.headers['x-amzn-trace-id'];
  }

  get role(): RoleSession | undefined {
    const { headers, url } = this.request;
    const token = headers['x-amz-security-token'] ?? (url.search && url.searchParams.get('X-Amz-Security-Token'));
    return token ? sessionOf(token) : undefined;
  }

  get signal(): AbortSignal | undefined {
    return this.request.signal;
  }
}
