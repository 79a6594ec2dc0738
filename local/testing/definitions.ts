import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { invalidDefinitionMessage, validateDefinition } from '../asl/validate';
import { deployAssembly } from '../assembly/deployment';
import { readAssembly } from '../assembly/reader';
import { stackPath } from '../assembly/report';
import { nestedStack } from '../assembly/resources/cloudformation';
import { stateMachine } from '../assembly/resources/stepfunctions';
import type { ExecutionType } from '../engine/types';
import { Store } from '../runtime/store';
import { Work } from '../runtime/work';
import { type AwsService, AwsServices, type AwsShape } from '../services/aws';

/** Owns where the definition of a state machine under test comes from. */
export interface Definition {
  readonly name: string;
  /** Placeholders filled, and valid. */
  readonly text: string;
  readonly type: ExecutionType;
  /** Absolute path of the file that it was read from. */
  readonly file?: string;
}

export interface Written {
  readonly name?: string;
  readonly type?: ExecutionType;
  /** Values for `${placeholders}`; the others stay as they are, as CloudFormation leaves them. */
  readonly substitutions?: Readonly<Record<string, string>>;
}

/** @throws Error when there is no such file, and with the validator's findings when the definition is not valid. */
export function readDefinition(source: string | object, written: Written): Definition {
  const file = typeof source === 'string' ? resolve(source) : undefined;
  const raw = file === undefined ? (JSON.stringify(source) ?? '') : readText(file);
  const text = raw.replace(/\$\{([A-Za-z0-9_.-]+)\}/g, (whole, name) => written.substitutions?.[name] ?? whole);
  const name = written.name ?? (file === undefined ? 'StateMachine' : nameOf(file));
  return checked({ name, text, type: written.type ?? 'STANDARD', file });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: 'there is no such file.', EISDIR: 'it is a folder.' }[code ?? ''] ?? message;
    throw new Error(`The definition ${file} cannot be read: ${reason}`);
  }
}

/** 'hello' of 'statemachines/hello.asl.json'. */
export function nameOf(file: string): string {
  return basename(file).replace(/(\.asl)?\.json$/, '');
}

/**
 * The definition as CloudFormation would send it to Step Functions. `path` is 'Stack' or, if that and what it nests have several
 * state machines, 'Stack/LogicalId' or 'Stack/NestedStack/LogicalId'; the beginning of a logical id will do, since the CDK appends a hash.
 */
export async function readDeployedDefinition(assemblyDirectory: string, path: string): Promise<Definition> {
  const created = new CreatedStateMachines();
  const work = new Work();
  const aws = new AwsServices(work);
  aws.register(created);
  const { report } = await deployAssembly(readAssembly(assemblyDirectory), {
    aws,
    identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: '', secretAccessKey: '' },
    store: Store.open(),
    // All else is not run, and goes by the names that it has on AWS.
    providers: new Map([stateMachine, nestedStack].map((provider) => [provider.type, provider])),
    scratchDirectory: () => mkdtempSync(join(tmpdir(), 'stepwright-')),
  });
  const present = report.deployed
    .filter(({ type }) => type === stateMachine.type)
    .map(({ stack, logicalId, ref }) => ({ at: [...stackPath(report.deployed, stack), logicalId], ref }));
  const [only, ...others] = present.filter(({ at }) => leadsTo(path, at));
  if (!only || others.length > 0) {
    const count = only ? 1 + others.length : 0;
    const names = present.map(({ at }) => at.join('/'));
    throw new Error(`${assemblyDirectory} has ${count} state machines '${path}', not 1 of: ${names.join(', ')}`);
  }
  const { definition, type } = created.byArn.get(only.ref) as AwsShape;
  return checked({ name: path, text: definition, type });
}

/** Whether a path leads to a resource: the stack by its name, the resource and what it is nested in by the beginnings of logical ids. */
function leadsTo(path: string, [root, ...ids]: readonly string[]): boolean {
  const [stack, ...wanted] = path.split('/');
  const resource = wanted.pop() ?? '';
  const within = ids.slice(0, -1);
  return (
    stack === root && ids.at(-1)?.startsWith(resource) === true && wanted.every((id, at) => within[at]?.startsWith(id))
  );
}

function checked(definition: Definition): Definition {
  const { result, diagnostics } = validateDefinition(definition.text, { type: definition.type });
  if (result === 'FAIL') throw new Error(`${definition.name}: ${invalidDefinitionMessage(diagnostics)}`);
  return definition;
}

/** Stands where Step Functions would while an assembly is read, and keeps what it is told to create. */
class CreatedStateMachines implements AwsService {
  readonly id = 'sfn';
  readonly signingName = 'states';
  readonly protocol = { kind: 'json', targetPrefix: 'AWSStepFunctions', version: '1.0' } as const;
  readonly byArn = new Map<string, AwsShape>();

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    // What is wrong with a definition is told when it is checked, by whoever asked for it.
    if (operation === 'ValidateStateMachineDefinition') return { result: 'OK', diagnostics: [] };
    if (operation !== 'CreateStateMachine') return {};
    const stateMachineArn = `arn:aws:states:us-east-1:123456789012:stateMachine:${input.name}`;
    this.byArn.set(stateMachineArn, input);
    return { stateMachineArn };
  }
}
