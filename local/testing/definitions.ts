import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { invalidDefinitionMessage, validateDefinition } from '../asl/validate';
import { deployAssembly } from '../assembly/deployment';
import { readAssembly } from '../assembly/reader';
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

/** @throws Error with the validator's findings when the definition is not valid. */
export function readDefinition(source: string | object, written: Written): Definition {
  const file = typeof source === 'string' ? resolve(source) : undefined;
  const raw = file === undefined ? JSON.stringify(source) : readFileSync(file, 'utf8');
  const text = raw.replace(/\$\{([A-Za-z0-9_.-]+)\}/g, (whole, name) => written.substitutions?.[name] ?? whole);
  const name = written.name ?? (file === undefined ? 'StateMachine' : nameOf(file));
  return checked({ name, text, type: written.type ?? 'STANDARD', file });
}

/** 'hello' of 'statemachines/hello.asl.json'. */
export function nameOf(file: string): string {
  return basename(file).replace(/(\.asl)?\.json$/, '');
}

/**
 * The definition as CloudFormation would send it to Step Functions. `path` is 'Stack' or, if that has several state
 * machines, 'Stack/LogicalId'; the beginning of a logical id will do, since the CDK appends a hash.
 */
export async function readDeployedDefinition(assemblyDirectory: string, path: string): Promise<Definition> {
  const [stack = '', logicalId = ''] = path.split('/');
  const created = new CreatedStateMachines();
  const work = new Work();
  const aws = new AwsServices(work);
  aws.register(created);
  const { report } = await deployAssembly(readAssembly(assemblyDirectory), {
    aws,
    identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: '', secretAccessKey: '' },
    store: Store.open(),
    // All else is not run, and goes by the names that it has on AWS.
    providers: new Map([[stateMachine.type, stateMachine]]),
    scratchDirectory: () => mkdtempSync(join(tmpdir(), 'stepwright-')),
  });
  const found = report.deployed.filter(
    (resource) =>
      resource.type === stateMachine.type && resource.stack === stack && resource.logicalId.startsWith(logicalId),
  );
  const [only, ...others] = found;
  if (!only || others.length > 0) {
    const present = report.deployed.filter(({ type }) => type === stateMachine.type);
    const names = present.map((resource) => `${resource.stack}/${resource.logicalId}`);
    throw new Error(`${assemblyDirectory} has ${found.length} state machines '${path}', not 1 of: ${names.join(', ')}`);
  }
  const { definition, type } = created.byArn.get(only.ref) as AwsShape;
  return checked({ name: path, text: definition, type });
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
