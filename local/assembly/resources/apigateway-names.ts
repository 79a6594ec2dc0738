import { shortHash } from '../names';
import type { NamingContext, ResourceContext } from '../resource';

/** Owns what API Gateway's resources are called, here and on AWS. */

/** Of an API or one of its parts. */
export function idOf({ stackName, logicalId }: NamingContext): string {
  return shortHash(`${stackName}/${logicalId}`);
}

/** The address of an API on AWS, without a stage. */
export function awsUrl(apiId: string, region: string): string {
  return `https://${apiId}.execute-api.${region}.amazonaws.com`;
}

/** From now on, what is put together of the API's address on AWS is its address here. */
export function publish(apiId: string, url: string, context: ResourceContext): void {
  const remote = awsUrl(apiId, context.identity.region);
  context.publishUrl(remote, url);
  // State machines name an API by its host.
  context.publishUrl(new URL(remote).host, new URL(url).host);
}

/** The function's ARN, in a URI by which API Gateway calls it or alone. */
export function lambdaArnIn(uri: string | undefined): string | undefined {
  return /arn:aws:lambda:[^/]+/.exec(uri ?? '')?.[0];
}
