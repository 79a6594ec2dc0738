import type { Fault, FaultRule } from '../../services/faults';
import { type Command, parseCommandLine, UsageError } from '../command';
import { callControl } from '../control-call';
import { parseDuration } from '../duration';
import { DEFAULT_DATA_DIRECTORY, findEndpoints } from '../endpoints-file';
import { type FaultsReport, LONGEST_DELAY_MS } from '../faults-control';

export const faultsCommand: Command = {
  summary: "Make calls of a running local cloud's services fail, or slow",
  usage: `
Usage: stepwright faults [--data DIR]
       stepwright faults add SERVICE[:OPERATION] [--error CODE] [--delay DURATION] [--times N] [--probability P]
                             [--where JSON] [--message TEXT] [--status N] [--data DIR]
       stepwright faults remove NUMBER [--data DIR]
       stepwright faults clear [--data DIR]

Without a word it lists the faults that are set. They hold for calls of tasks, functions and everybody else alike, until they are used up, taken
away, or the local cloud stops. Of several that fit a call, the first one takes it.

  SERVICE[:OPERATION]  as in aws-sdk integrations: s3:PutObject, lambda:Invoke, dynamodb for all of DynamoDB
  --error CODE         how calls fail, by AWS's code without the service: SlowDown, ThrottlingException
  --message TEXT       the error's message
  --status N           its HTTP status: 400, but for codes that are known to come with another
  --delay DURATION     calls wait so long first, by the clock: 200ms, 15s, 5m; without --error they go on then
  --times N            the next N calls only
  --probability P      of each call: 0.1
  --where JSON         calls whose input has these members: '{"Bucket":"reports"}'
  --data DIR           the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})

For instance, two reports of a level that S3 refuses at first (docs/faults.md):

  stepwright faults add s3:PutObject --error SlowDown --times 2
`,
  async run(argv) {
    const [action, ...rest] = argv;
    const { command, body, data } = parseAction(action, rest);
    const { control } = findEndpoints(data ?? DEFAULT_DATA_DIRECTORY);
    const { faults } = await callControl<FaultsReport>(control, command, body);
    process.stdout.write(faults.length === 0 ? 'No faults are set.\n' : faults.map(describe).join(''));
    return 0;
  },
};

const DATA = { data: { type: 'string' } } as const;

function parseAction(action: string | undefined, argv: string[]): { command: string; body: object; data?: string } {
  if (action === undefined || action.startsWith('-')) {
    const { values } = parseCommandLine(action === undefined ? [] : [action, ...argv], DATA);
    return { command: 'faults-list', body: {}, data: values.data };
  }
  switch (action) {
    case 'add':
      return parseAdd(argv);
    case 'remove': {
      const { values, positionals } = parseCommandLine(argv, DATA, ['NUMBER']);
      const [text = ''] = positionals;
      if (!/^\d{1,9}$/.test(text)) throw new UsageError(`NUMBER is one of the list's, not '${text}'.`);
      return { command: 'faults-remove', body: { id: Number(text) }, data: values.data };
    }
    case 'clear':
      return { command: 'faults-clear', body: {}, data: parseCommandLine(argv, DATA).values.data };
    default:
      throw new UsageError(`There is no 'faults ${action}': it is add SERVICE[:OPERATION], remove NUMBER or clear.`);
  }
}

function parseAdd(argv: string[]) {
  const { values, positionals } = parseCommandLine(
    argv,
    {
      ...DATA,
      error: { type: 'string' },
      message: { type: 'string' },
      status: { type: 'string' },
      delay: { type: 'string' },
      times: { type: 'string' },
      probability: { type: 'string' },
      where: { type: 'string' },
    },
    ['SERVICE[:OPERATION]'],
  );
  const { error: code, message, status, delay, times, probability, where, data } = values;
  const [, service, operation] =
    /^([a-z][a-z0-9-]*)(?::([A-Za-z][A-Za-z0-9]*))?$/i.exec(positionals[0] as string) ?? [];
  if (service === undefined)
    throw new UsageError(`'${positionals[0]}' is not SERVICE or SERVICE:OPERATION, as s3:PutObject is.`);
  if (code === undefined && delay === undefined)
    throw new UsageError('What happens is missing: --error CODE, --delay DURATION or both.');
  if (code === undefined && (message ?? status) !== undefined)
    throw new UsageError('--message and --status are of an --error.');
  const body = {
    service: service.toLowerCase(),
    // aws-sdk integrations begin it with a small letter.
    operation: operation && operation.charAt(0).toUpperCase() + operation.slice(1),
    error: code === undefined ? undefined : errorOf(service, code, message, status),
    delayMs: delay === undefined ? undefined : delayOption(delay),
    times: times === undefined ? undefined : wholeNumber('times', times, 1, 999_999_999),
    probability: probability === undefined ? undefined : probabilityOption(probability),
    where: where === undefined ? undefined : whereOption(where),
  };
  return { command: 'faults-add', body, data };
}

/** Those of AWS's codes for passing trouble that do not come with 400. */
const STATUSES: Readonly<Record<string, number>> = {
  InternalError: 500,
  InternalException: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InternalServiceError: 500,
  ServiceException: 500,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  SlowDown: 503,
  TooManyRequestsException: 429,
  AccessDenied: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
};

function errorOf(
  service: string,
  code: string,
  message: string | undefined,
  status: string | undefined,
): FaultRule['error'] {
  if (!/^[A-Za-z][A-Za-z0-9.]*$/.test(code))
    throw new UsageError(`--error wants a code of AWS's, such as SlowDown, not '${code}'.`);
  const own = code.slice(service.length + 1);
  if (code.toLowerCase().startsWith(`${service.toLowerCase()}.`)) {
    throw new UsageError(
      `--error wants the service's own code, '${own}', without '${code.slice(0, -own.length)}' before it.`,
    );
  }
  return {
    code,
    message: message ?? 'A fault that was set by stepwright faults.',
    status: status === undefined ? (STATUSES[code] ?? 400) : wholeNumber('status', status, 400, 599),
  };
}

function delayOption(text: string): number {
  const [, milliseconds] = /^(\d+)ms$/.exec(text) ?? [];
  const delay = milliseconds === undefined ? parseDuration(text) : Number(milliseconds);
  if (delay < 1 || delay > LONGEST_DELAY_MS) throw new UsageError(`--delay wants 1ms to 15m, not '${text}'.`);
  return delay;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`--${name} wants a whole number from ${least} to ${most}, not '${text}'.`);
}

function probabilityOption(text: string): number {
  const probability = Number(text);
  if (text.trim() !== '' && probability > 0 && probability <= 1) return probability;
  throw new UsageError(`--probability wants a number above 0 and up to 1, not '${text}'.`);
}

function whereOption(text: string): object {
  try {
    const where: unknown = JSON.parse(text);
    if (typeof where === 'object' && where !== null && !Array.isArray(where)) return where;
  } catch {
    // As whatever else is no object.
  }
  throw new UsageError(`--where wants a JSON object, such as '{"Bucket":"reports"}', not '${text}'.`);
}

/** '1  s3:PutObject fails with SlowDown (503); calls left: 2 of 2' */
function describe({ id, rule, taken }: Fault): string {
  const { service, operation, where, error, delayMs, times, probability } = rule;
  const effects = [
    ...(delayMs === undefined ? [] : [`waits ${delayMs % 1000 === 0 ? `${delayMs / 1000} s` : `${delayMs} ms`}`]),
    ...(error ? [`fails with ${error.code} (${error.status ?? 400})`] : []),
  ];
  const which = [
    ...(where === undefined ? [] : [`where ${JSON.stringify(where)}`]),
    ...(probability === undefined ? [] : [`${Number((probability * 100).toPrecision(6))} % of calls`]),
    ...(times === undefined ? [`calls until now: ${taken}`] : [`calls left: ${times - taken} of ${times}`]),
  ];
  const name = operation === undefined ? service : `${service}:${operation}`;
  return `${id}  ${name} ${effects.join(' and ')}; ${which.join(', ')}\n`;
}
