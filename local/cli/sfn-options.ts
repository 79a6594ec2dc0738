import { UsageError } from './command';
import { ENDPOINT_VARIABLES } from './sfn-environment';

/**
 * Owns the command line of AWS's Step Functions Local, as `stepwright sfn` takes it: each of its options gives one of its
 * variables a value (docs.aws.amazon.com/step-functions/latest/dg/sfn-local-config-options.html).
 *
 * The tool takes a name with two dashes (`--lambda-endpoint`) and another with one (`-lambdaEndpoint`), and Apache's commons-cli,
 * by which it reads them, is not strict about which. So upper and lower case and dashes do not tell names apart here.
 */
export interface SfnOptions {
  /** By variable, what the command line says: LAMBDA_ENDPOINT, … */
  readonly values: ReadonlyMap<string, string>;
  /** By variable, the option as it was written, for messages. */
  readonly written: ReadonlyMap<string, string>;
  /** What is left of the command line. */
  readonly rest: readonly string[];
}

/** The option by which people know a variable: '--lambda-endpoint'. */
export function optionOf(variable: string): string {
  const name = OTHER_NAMES[variable]?.[0] ?? variable.toLowerCase().replaceAll('_', '-');
  return `--${name}`;
}

const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  AWS_ACCOUNT_ID: ['aws-account', 'account'],
  AWS_DEFAULT_REGION: ['aws-region', 'region'],
  SAGE_MAKER_ENDPOINT: ['sagemaker-endpoint'],
};

const VARIABLES: ReadonlyMap<string, string> = new Map(
  ['AWS_ACCOUNT_ID', 'AWS_DEFAULT_REGION', 'WAIT_TIME_SCALE', ...ENDPOINT_VARIABLES].flatMap((variable) =>
    (OTHER_NAMES[variable] ?? [variable]).map((name) => [plain(name), variable] as const),
  ),
);

function plain(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

/**
 * Takes the options of Step Functions Local out of a command line. The last of an option counts.
 * @throws UsageError for one without a value
 */
export function readSfnOptions(argv: readonly string[]): SfnOptions {
  const values = new Map<string, string>();
  const written = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    const [, option, name, inline] = /^(--?([A-Za-z][A-Za-z0-9-]*))(?:=(.*))?$/s.exec(argument) ?? [];
    const variable = name === undefined ? undefined : VARIABLES.get(plain(name));
    if (option === undefined || variable === undefined) {
      rest.push(argument);
      continue;
    }
    if (inline === undefined) i += 1;
    const value = inline ?? argv[i];
    // What looks like an option is the next one, but for a number below 0, which has a message of its own.
    if (value === undefined || value === '' || /^-\D/.test(value)) throw new UsageError(`${option} wants a value.`);
    values.set(variable, value);
    written.set(variable, option);
  }
  return { values, written, rest };
}
