import { paginateListActivities, SFNClient } from '@aws-sdk/client-sfn';
import { CommandFailure } from '../local/cli/command';
import { findEndpoints } from '../local/cli/endpoints-file';

/**
 * Owns where a desk works: the local cloud that runs on a data directory, or an AWS account. From here on both are the
 * same; the activity is found by its name in either.
 */
export function connect(aws: boolean, data: string): { readonly sfn: SFNClient; readonly place: string } {
  if (aws) return { sfn: new SFNClient({}), place: accountAt(process.env) };
  const endpoints = findEndpoints(data);
  const { region, ...credentials } = endpoints.credentials;
  return { sfn: new SFNClient({ endpoint: endpoints.aws, region, credentials }), place: `local cloud on ${data}` };
}

/** The variables of `stepwright env` lead even `--aws` to a local cloud: say so. */
function accountAt(env: NodeJS.ProcessEnv): string {
  const url = env.AWS_ENDPOINT_URL_SFN ?? env.AWS_ENDPOINT_URL;
  if (url) return `at AWS_ENDPOINT_URL ${url}`;
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  return `in your AWS account${region ? `, ${region}` : ''}`;
}

/**
 * The activity that `wanted` names: by its ARN, its whole name, or a part that no other has.
 *
 * @throws CommandFailure that lists what there is
 */
export async function findActivity(sfn: SFNClient, wanted: string): Promise<{ name: string; arn: string }> {
  if (wanted.startsWith('arn:')) return { name: wanted.slice(wanted.lastIndexOf(':') + 1), arn: wanted };
  const all: { name: string; arn: string }[] = [];
  for await (const { activities = [] } of paginateListActivities({ client: sfn }, {})) {
    all.push(...activities.map(({ name = '', activityArn = '' }) => ({ name, arn: activityArn })));
  }
  const exact = all.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(wanted));
  const [activity] = found;
  if (activity && found.length === 1) return activity;
  if (all.length === 0) throw new CommandFailure('There is no activity here. Is the library deployed, in this region?');
  const names = (found.length > 0 ? found : all).map(({ name }) => `\n  ${name}`).join('');
  throw new CommandFailure(
    found.length > 0
      ? `'${wanted}' may be any of these activities; choose with --activity:${names}`
      : `There is no activity '${wanted}'. There are:${names}`,
  );
}
