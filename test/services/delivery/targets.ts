import type { AwsError, AwsService, AwsShape } from '../../../local/services/aws';
import type { Parts } from '../../../local/services/parts';

/** A service that stands where a target is: it notes calls, and fails while told to. */
export class FakeService implements AwsService {
  readonly signingName;
  readonly protocol = { kind: 'http' as const, handle: () => Promise.reject(new Error('not used')) };
  readonly calls: Array<{ operation: string; input: AwsShape; at: string }> = [];
  failure: AwsError | undefined;

  constructor(
    private readonly parts: Parts,
    readonly id: string,
  ) {
    this.signingName = id;
    parts.aws.register(this);
  }

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    this.calls.push({ operation, input, at: new Date(this.parts.clock.now()).toISOString() });
    if (this.failure) throw this.failure;
    return {};
  }

  get times(): string[] {
    return this.calls.map(({ at }) => at);
  }
}

/** Keeps what services write about given-up deliveries out of the test's output. */
export function silenceStderr(): void {
  beforeEach(() => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
}
