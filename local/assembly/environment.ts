import type { Identity } from '../services/identity';
import type { StackArtifact } from './reader';

/** Account and region, as far as somebody says. */
export type Environment = Partial<Pick<Identity, 'accountId' | 'region'>>;

/** An account that belongs to nobody, in AWS's oldest region. */
export const DEFAULT_ENVIRONMENT = { accountId: '123456789012', region: 'us-east-1' };

/**
 * Reads `aws://ACCOUNT/REGION` of a manifest, where what is not known at synth is 'unknown-account' and 'unknown-region'.
 * The format: `EnvironmentUtils` of https://github.com/aws/aws-cdk-cli.
 */
export function parseEnvironment(text: string): Environment {
  const [, accountId, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(text) ?? [];
  return {
    ...(accountId !== undefined && /^\d{12}$/.test(accountId) && { accountId }),
    ...(region !== undefined && !region.startsWith('unknown-') && { region }),
  };
}

/**
 * The account and the region that the stacks name. Where they name several, nothing is taken: there is one local cloud.
 * Nor is a region of another partition, since ARNs begin with `arn:aws:` here.
 */
export function commonEnvironment(stacks: readonly StackArtifact[]): Environment {
  const [accountId, ...otherAccounts] = named(stacks, 'accountId');
  const [region, ...otherRegions] = named(stacks, 'region');
  return {
    ...(accountId !== undefined && otherAccounts.length === 0 && { accountId }),
    ...(region !== undefined && otherRegions.length === 0 && isInPartitionAws(region) && { region }),
  };
}

/** Tells of the stacks that name another account or region than the local cloud plays; one sentence for each environment. */
export function environmentNotes(stacks: readonly StackArtifact[], identity: Identity): string[] {
  const elsewhere = new Map<string, string[]>();
  for (const { name, environment } of stacks) {
    const { accountId = identity.accountId, region = identity.region } = environment;
    if (accountId === identity.accountId && region === identity.region) continue;
    const key = `${accountId}, ${region}`;
    elsewhere.set(key, [...(elsewhere.get(key) ?? []), name]);
  }
  return [...elsewhere].map(
    ([environment, names]) =>
      `The environment ${environment} of ${names.join(', ')}: it runs in ${identity.accountId}, ${identity.region}, ` +
      'and ARNs that are written out for its own lead nowhere.',
  );
}

function named(stacks: readonly StackArtifact[], field: keyof Environment): string[] {
  return [...new Set(stacks.flatMap(({ environment }) => environment[field] ?? []))];
}

function isInPartitionAws(region: string): boolean {
  return !/^(cn|us-gov|us-iso\w*|eu-isoe|eusc-\w+)-/.test(region);
}
