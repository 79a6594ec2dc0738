import type { Identity } from '../services/identity';
import { REMOTE_APIS, REMOTE_STEP_FUNCTIONS } from '../services/remote/apis';
import type { SigningKeys } from '../services/sigv4';
import { UsageError } from './command';

/** What `stepwright sfn` takes from the environment: the variables of AWS's Step Functions Local. */
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

/** @throws UsageError naming the variable whose value cannot be used */
export function readSfnEnvironment(variables: Readonly<Record<string, string | undefined>>): SfnEnvironment {
  // A variable that is set to nothing is not set: files for `docker run --env-file` list them so.
  const value = (name: string) => variables[name]?.trim() || undefined;
  const keys = {
    accessKeyId: value('AWS_ACCESS_KEY_ID') ?? 'local',
    secretAccessKey: value('AWS_SECRET_ACCESS_KEY') ?? 'local',
    sessionToken: value('AWS_SESSION_TOKEN'),
  };
  const accountId = value('AWS_ACCOUNT_ID') ?? '123456789012';
  if (!/^\d{12}$/.test(accountId)) throw new UsageError(`AWS_ACCOUNT_ID must be 12 digits, not '${accountId}'.`);
  const region = value('AWS_DEFAULT_REGION') ?? value('AWS_REGION') ?? 'us-east-1';
  if (!/^[a-z0-9-]+$/.test(region)) throw new UsageError(`AWS_DEFAULT_REGION must be a region, not '${region}'.`);
  const given = ENDPOINT_VARIABLES.flatMap((name) => {
    const text = value(name);
    return text === undefined ? [] : [[name, endpoint(name, text)] as const];
  });
  return {
    identity: { accountId, region, accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    keys,
    endpoints: new Map(given),
    waitTimeScale: scale(value('WAIT_TIME_SCALE')),
    mockConfig: value('SFN_MOCK_CONFIG'),
  };
}

function endpoint(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UsageError(`${name} must be a URL such as http://127.0.0.1:3001, not '${text}'.`);
}

function scale(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const factor = Number(text);
  if (factor >= 0 && Number.isFinite(factor)) return factor;
  throw new UsageError(`WAIT_TIME_SCALE must be a number of 0 or more, not '${text}'.`);
}
