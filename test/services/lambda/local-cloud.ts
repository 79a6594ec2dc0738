import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { VirtualClock } from '../../../local/runtime/clock';
import { Store } from '../../../local/runtime/store';
import { Work } from '../../../local/runtime/work';
import { AwsServices, type AwsShape } from '../../../local/services/aws';
import { type LambdaOptions, LambdaService } from '../../../local/services/lambda/service';
import type { FunctionSpec } from '../../../local/services/lambda/spec';
import type { Parts } from '../../../local/services/parts';

/** Virtual time stands at the start of 2030 until a test moves it. */
export const START = Date.UTC(2030, 0, 1);

export function makeParts(
  options: { dir?: string; scale?: number; start?: number } = {},
): Parts & { close(): Promise<void> } {
  const work = new Work();
  const clock = new VirtualClock({ work, start: options.start ?? START, scale: options.scale ?? 0 });
  const store = Store.open(options.dir, work);
  const identity = {
    accountId: '123456789012',
    region: 'us-east-1',
    accessKeyId: 'AKIDLOCAL',
    secretAccessKey: 'secret',
  };
  const close = async () => {
    clock.close();
    await store.close();
  };
  return { store, clock, work, identity, dir: options.dir, aws: new AwsServices(work), close };
}

/** A Lambda service with functions made from source text; `cleanUp` ends it and removes their folders. */
export function makeLambda(parts: Parts, options: Partial<LambdaOptions> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'lambda-'));
  const lambda = new LambdaService(parts, { awsEndpoint: () => 'http://127.0.0.1:1', ...options });
  parts.aws.register(lambda);
  let count = 0;

  /** @param own the folder, among those of `files`, that is the function's package */
  const define = (files: string | Record<string, string>, spec: Partial<FunctionSpec> = {}, own = '.') => {
    const folder = join(root, `code-${count++}`);
    const contents = typeof files === 'string' ? { 'index.js': files } : files;
    for (const [name, text] of Object.entries(contents)) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return lambda.define({
      name: 'fn',
      codeDirectory: join(folder, own),
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      environment: {},
      timeoutSeconds: 10,
      memoryMb: 128,
      roleArn: 'arn:aws:iam::123456789012:role/fn',
      logGroup: '/aws/lambda/fn',
      ...spec,
    });
  };

  /** Invokes and reads the payload. */
  const invoke = async (payload: unknown = {}, input: AwsShape = {}) => {
    const request = { FunctionName: 'fn', Payload: Buffer.from(JSON.stringify(payload)), ...input };
    const output = await parts.aws.call('lambda', 'Invoke', request, { via: 'test' });
    const text = Buffer.from(output.Payload).toString();
    return { output, value: text === '' ? undefined : JSON.parse(text), error: output.FunctionError };
  };

  const cleanUp = async () => {
    await lambda.stop();
    rmSync(root, { recursive: true, force: true });
  };
  return { lambda, define, invoke, cleanUp };
}
