import { billOf } from '../../cost/bill';
import { type PriceTable, PriceTableError, readPriceTable, US_EAST_1 } from '../../cost/prices';
import { type CostReport, type Fixtures, reportOf } from '../../cost/report';
import type { Usage } from '../../cost/usage';
import { type Command, CommandFailure, parseOptional, UsageError } from '../command';
import { callControl } from '../control-call';
import type { LocalCosts } from '../cost/local-cloud';
import type { Found } from '../cost/source';
import { describeCost, money } from '../cost/table';
import { readTextFile } from '../definition-file';
import { DEFAULT_DATA_DIRECTORY, findEndpoints } from '../endpoints-file';

export const costCommand: Command = {
  summary: 'Tell what executions cost on AWS',
  usage: `
Usage: stepwright cost [EXECUTION|WORKFLOW] [--per-million] [--monthly N [--free-tier]] [--last N] [--status STATUS]
                       [--modelled] [--aws] [--prices FILE] [--json] [--data DIR]

From what executions really did (transitions and retries, functions, reads and writes, calls, mails, logs) and the list
prices of AWS: by service, and Standard against Express.

  EXECUTION      an execution's ARN or name
  WORKFLOW       a state machine's ARN, its name or a part of it: the mean of its executions; all workflows by default
  --per-million  of a million executions instead of one
  --monthly N    what N executions a month cost, with the alarms, dashboards and secrets of their stack
  --free-tier    take off what is free in every month
  --last N       look at the last N executions of a workflow (50)
  --status S     of them, only at those that ended as SUCCEEDED, FAILED, TIMED_OUT or ABORTED; at all of them by default
  --modelled     functions' durations as they would be on AWS, by a model of its calls, instead of those measured here
  --aws          read the histories of an AWS account, with its credentials and region as the AWS CLI finds them
  --prices FILE  another price table, as JSON (docs/cost.md)
  --json         print the figures as JSON
  --data DIR     the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
`,
  async run(argv) {
    const options = parseOptions(argv);
    const prices = options.prices === undefined ? US_EAST_1 : readPrices(options.prices);
    const { nobodys, fixtures, notes, ...all } = options.aws
      ? await fromAccount(options)
      : await fromLocalCloud(options);
    const found = all.found.map((one) => ofStatus(one, options.status));
    const reports = found.flatMap((one) => report(one, options, prices, fixtures[one.machineArn] ?? {}));
    if (options.json) {
      const document = { region: prices.region, pricesOf: prices.date, durations: durations(options), reports, notes };
      process.stdout.write(`${JSON.stringify({ ...document, ...(nobodys && { nobodys }) }, null, 2)}\n`);
      return 0;
    }
    const colour = process.stdout.isTTY === true;
    for (const one of reports) process.stdout.write(`${describeCost(one, { ...options, colour })}\n`);
    const rest = options.wanted === undefined && nobodys ? requestNotes(nobodys, prices) : [];
    for (const note of [...silent(found, options), ...rest, ...notes, priceNote(prices, options)])
      process.stdout.write(`${note}\n`);
    return 0;
  },
};

interface Options {
  readonly wanted: string | undefined;
  readonly perMillion: boolean;
  readonly monthly: number | undefined;
  readonly freeTier: boolean;
  readonly last: number;
  readonly status: string | undefined;
  readonly modelled: boolean;
  readonly aws: boolean;
  readonly prices: string | undefined;
  readonly json: boolean;
  readonly data: string;
}

function parseOptions(argv: string[]): Options {
  const { values, positional } = parseOptional(argv, {
    'per-million': { type: 'boolean', default: false },
    monthly: { type: 'string' },
    'free-tier': { type: 'boolean', default: false },
    last: { type: 'string', default: '50' },
    status: { type: 'string' },
    modelled: { type: 'boolean', default: false },
    aws: { type: 'boolean', default: false },
    prices: { type: 'string' },
    json: { type: 'boolean', default: false },
    data: { type: 'string', default: DEFAULT_DATA_DIRECTORY },
  });
  if (values['free-tier'] && values.monthly === undefined) throw new UsageError('--free-tier wants --monthly N.');
  if (values.aws && values.modelled) throw new UsageError('--modelled is for executions of the local cloud.');
  return {
    wanted: positional,
    perMillion: values['per-million'],
    monthly: values.monthly === undefined ? undefined : whole('monthly', values.monthly),
    freeTier: values['free-tier'],
    last: whole('last', values.last),
    status: values.status === undefined ? undefined : statusOption(values.status),
    modelled: values.modelled,
    aws: values.aws,
    prices: values.prices,
    json: values.json,
    data: values.data,
  };
}

/** 1000000, 1_000_000 or 1,000,000 */
function whole(name: string, text: string): number {
  const number = Number(text.replace(/[_,](?=\d{3})/g, ''));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${name} wants a whole number from 1 on, not '${text}'.`);
}

/** Those in which an execution can end. */
const STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

function statusOption(text: string): string {
  const status = text.toUpperCase();
  if (STATUSES.includes(status)) return status;
  throw new UsageError(`--status wants one of ${STATUSES.join(', ')}, not '${text}'.`);
}

function ofStatus(found: Found, status: string | undefined): Found {
  if (status === undefined) return found;
  return { ...found, observations: found.observations.filter((one) => one.status === status) };
}

function readPrices(file: string): PriceTable {
  const text = readTextFile(file);
  try {
    return readPriceTable(text);
  } catch (error) {
    if (!(error instanceof PriceTableError)) throw error;
    throw new CommandFailure(`The price table ${file} is not right: ${error.message}.`);
  }
}

interface Costs {
  readonly found: readonly Found[];
  /** What requests used that had to do with no execution. */
  readonly nobodys?: Usage;
  /** By state machine. */
  readonly fixtures: Readonly<Record<string, Fixtures>>;
  readonly notes: readonly string[];
}

async function fromLocalCloud({ data, wanted, last }: Options): Promise<Costs> {
  const { control } = findEndpoints(data);
  const costs = await callControl<LocalCosts>(control, 'cost', { wanted, last });
  return { ...costs, notes: [] };
}

async function fromAccount({ wanted, last }: Options): Promise<Costs> {
  const { accountSource, NOT_SEEN } = require('../cost/account') as typeof import('../cost/account');
  const { findCosts } = require('../cost/source') as typeof import('../cost/source');
  const source = accountSource();
  try {
    return { found: await findCosts(source, wanted, last), fixtures: {}, notes: NOT_SEEN };
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`AWS: ${(error as Error).name}: ${(error as Error).message}`);
  } finally {
    source.close();
  }
}

function report(found: Found, options: Options, prices: PriceTable, fixtures: Fixtures): CostReport[] {
  if (found.observations.length === 0) return [];
  const { monthly: executions, freeTier } = options;
  const month = executions === undefined ? undefined : { executions, freeTier, fixtures };
  const { workflow, execution, observations } = found;
  return [reportOf(workflow, observations, { prices, durations: durations(options), execution, month })];
}

function durations({ modelled }: Options): 'modelled' | 'measured' {
  return modelled ? 'modelled' : 'measured';
}

function silent(found: readonly Found[], { aws, status }: Options): string[] {
  if (found.length === 0) return ['No workflow has an execution yet.'];
  return found.flatMap(({ workflow, type, observations, running }) => {
    if (aws && type === 'EXPRESS') return [`${workflow}: AWS keeps no history of Express executions.`];
    if (observations.length > 0)
      return running > 0 ? [`${workflow}: ${running} that have not ended are left out.`] : [];
    if (status !== undefined) return [`${workflow}: none of the executions that were looked at ended as ${status}.`];
    return [`${workflow}: ${running > 0 ? `none of ${running} executions has ended yet` : 'there are no executions'}.`];
  });
}

function requestNotes(nobodys: Usage, prices: PriceTable): string[] {
  const { total } = billOf(nobodys, prices);
  return total > 0 ? [`Requests that neither started nor answered an execution: ${money(total)} in all.`] : [];
}

function priceNote({ region, date }: PriceTable, { modelled, aws }: Options): string {
  const time = modelled
    ? 'Durations as modelled for AWS.'
    : aws
      ? 'Durations as in the histories.'
      : 'Durations as measured on this machine, cold starts included.';
  return `List prices of ${region} as of ${date}, without taxes, storage and data transfer. ${time}`;
}
