import { type Command, parseCommandLine } from '../command';
import { DEFAULT_DATA_DIRECTORY, type Endpoints, findEndpoints } from '../endpoints-file';
import { quoted } from '../shell';

export const envCommand: Command = {
  summary: "Print a running local cloud's addresses and keys for a shell",
  usage: `
Usage: eval "$(stepwright env [--data DIR])"

Prints export commands for AWS_ENDPOINT_URL, region and keys, by which the AWS CLI and SDKs call the running local
cloud, and NAME_URL for each HTTP or REST API, with the name of the API or its stack in capitals.

  --data DIR   the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
`,
  async run(argv) {
    const { values } = parseCommandLine(argv, { data: { type: 'string', default: DEFAULT_DATA_DIRECTORY } });
    const variables = Object.entries(environmentOf(findEndpoints(values.data)));
    process.stdout.write(variables.map(([name, value]) => `export ${name}=${quoted(value)}\n`).join(''));
    return 0;
  },
};

/** The variables by which other programs reach a local cloud. */
export function environmentOf({ aws, apis, credentials }: Endpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: aws,
    AWS_REGION: credentials.region,
    AWS_DEFAULT_REGION: credentials.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // StartSyncExecution and TestState go to the host 'sync-…' on AWS; there is none before an IP address.
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    ...Object.fromEntries(Object.entries(apis).map(([name, url]) => [`${variableName(name)}_URL`, url])),
  };
}

/** 'StepwrightLibrary-dev' is STEPWRIGHTLIBRARY_DEV. */
function variableName(name: string): string {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return /^\d/.test(plain) ? `_${plain}` : plain;
}
