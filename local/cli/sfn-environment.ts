import type { Identity } from '../services/identity';
import { REMOTE_APIS, REMOTE_STEP_FUNCTIONS } from '../services/remote/apis';
import type { SigningKeys } from '../services/sigv4';
import { UsageError } from './command';

/** What `stepwright sfn` takes from the environment and its likes: the variables of AWS's Step Functions Local. */
export interface SfnEnvironment {
  readonly identity: Identity;
  /** Sign the calls of tasks. */
  readonly keys: SigningKeys;
  /** By variable: LAMBDA_ENDPOINT, … */
  readonly endpoints: ReadonlyMap<string, URL>;
  /** Factor of what states wait. */
  readonly waitTimeScale: number | undefined;
  readonly mockConfig: string | undefined;
}

export const ENDPOINT_VARIABLES: readonly string[] = [...REMOTE_APIS, REMOTE_STEP_FUNCTIONS].map(
  ({ variable }) => variable,
);

/**
 * @param written by variable, how its value was given, if not by the variable
 * @throws UsageError naming the variable whose value cannot be used
 */
export function readSfnEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  written: ReadonlyMap<string, string> = new Map(),
): SfnEnvironment {
  const called = (name: string) => written.get(name) ?? name;
  // A variable that is set to nothing is not set: files for `docker run --env-file` list them so.
  const value = (name: string) => variables[name]?.trim() || undefined;
  const keys = {
    accessKeyId: value('AWS_ACCESS_KEY_ID') ?? 'local',
    secretAccessKey: value('AWS_SECRET_ACCESS_KEY') ?? 'local',
    sessionToken: value('AWS_SESSION_TOKEN'),
  };
  const accountId = value('AWS_ACCOUNT_ID') ?? '123456789012';
  if (!/^\d{12}$/.test(accountId))
    throw new UsageError(`${called('AWS_ACCOUNT_ID')} must be 12 digits, not '${accountId}'.`);
  const region = value('AWS_DEFAULT_REGION') ?? value('AWS_REGION') ?? 'us-east-1';
  if (!/^[a-z0-9-]+$/.test(region))
    throw new UsageError(`${called('AWS_DEFAULT_REGION')} must be a region, not '${region}'.`);
  const given = ENDPOINT_VARIABLES.flatMap((name) => {
    const text = value(name);
    return text === undefined ? [] : [[name, endpoint(called(name), text)] as const];
  });
  return {
    identity: { accountId, region, accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    keys,
    endpoints: new Map(given),
    waitTimeScale: scale(called('WAIT_TIME_SCALE'), value('WAIT_TIME_SCALE')),
    mockConfig: value('SFN_MOCK_CONFIG'),
  };
}

function endpoint(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError(`${name} must be a URL such as http://127.0.0.1:3001, not '${text}'.`);
}

function scale(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const factor = Number(text);
  if (factor >= 0 && Number.isFinite(factor)) return factor;
  throw new UsageError(`${name} must be a number of 0 or more, not '${text}'.`);
}
