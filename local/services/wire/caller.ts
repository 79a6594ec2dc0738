import type { Caller, HttpRequest } from '../aws';

/** Who calls over the wire. Its signal is the request's, which is made when somebody asks for it. */
export class WireCaller implements Caller {
  readonly via = 'wire';
  readonly trace: string | undefined;

  constructor(private readonly request: HttpRequest) {
    this.trace = request.headers['x-amzn-trace-id'];
  }

  get signal(): AbortSignal | undefined {
    return this.request.signal;
  }
}
