/**
 * Stands for `@aws-sdk/credential-provider-node` in the bundles (lib/workflow/bundle.ts): inside of Lambda the role's
 * credentials are in the environment and nowhere else. The SDK's own chain would bring clients of STS, SSO and the sign-in
 * along, a quarter of a bundle, to look for what is never there.
 *
 * @throws Error when the environment has none
 */
export function defaultProvider() {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('The environment has no credentials');
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    };
  };
}
