import type { Parts } from '../parts';
import { parseMachineArn, parseUnlabeledArn } from './arns';
import { pageSize } from './checks';
import { failures, type Input } from './errors';
import { page } from './paging';
import type { AliasRecord, MachineRecords, Route } from './records';

/**
 * Owns aliases: names for one or two versions of a state machine, between which starts are divided by weight
 * (docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html).
 */
export class Aliases {
  constructor(
    private readonly parts: Parts,
    private readonly records: MachineRecords,
  ) {}

  /** Idempotent for the same name, description and routes. */
  async create(input: Input): Promise<Input> {
    const { routes, machineArn } = this.#readRoutes(input.routingConfiguration);
    const { name } = input;
    const description: string | undefined = input.description ?? undefined;
    const arn = `${machineArn}:${name}`;
    const known = this.records.aliases.get(arn);
    if (known) {
      if (!sameAlias(known, { description, routes })) throw failures.aliasExists();
      return { stateMachineAliasArn: arn, creationDate: new Date(known.createdAt) };
    }
    if (this.records.aliasesOf(machineArn).length >= MOST_ALIASES) {
      throw failures.tooManyAliases(machineArn, MOST_ALIASES);
    }
    const now = this.parts.clock.now();
    await this.records.aliases.put(arn, {
      arn,
      machineArn,
      name,
      description,
      routes,
      createdAt: now,
      updatedAt: now,
    });
    return { stateMachineAliasArn: arn, creationDate: new Date(now) };
  }

  async update(input: Input): Promise<Input> {
    const alias = this.#require(input);
    const description = input.description ?? alias.description;
    if (input.description === undefined && input.routingConfiguration === undefined)
      throw failures.missingParameter('Either the description or the routing configuration must be specified');
    let { routes } = alias;
    if (input.routingConfiguration) {
      const read = this.#readRoutes(input.routingConfiguration);
      if (read.machineArn !== alias.machineArn) throw failures.routesOfOthers(read.routes.map(versionOf));
      routes = read.routes;
    }
    const updatedAt = sameAlias(alias, { description, routes }) ? alias.updatedAt : this.parts.clock.now();
    await this.records.aliases.put(alias.arn, { ...alias, description, routes, updatedAt });
    return { updateDate: new Date(updatedAt) };
  }

  describe(input: Input): Input {
    const { arn, name, description, routes, createdAt, updatedAt } = this.#require(input);
    return {
      stateMachineAliasArn: arn,
      name,
      description,
      routingConfiguration: routes,
      creationDate: new Date(createdAt),
      updateDate: new Date(updatedAt),
    };
  }

  /** Of a state machine, or those that refer to one of its versions. */
  list(input: Input): Input {
    const arn = input.stateMachineArn;
    const { base, version } = parseUnlabeledArn(arn);
    if (!this.records.machines.get(base)) throw failures.machineUnknown(arn);
    const all = this.records.aliasesOf(base);
    const aliases = version === undefined ? all : all.filter(({ routes }) => routes.some((r) => versionOf(r) === arn));
    const { items, nextToken } = page(input, `ListStateMachineAliases ${arn}`, pageSize(input), aliases);
    const stateMachineAliases = items.map(({ arn, createdAt }) => {
      return { stateMachineAliasArn: arn, creationDate: new Date(createdAt) };
    });
    return { stateMachineAliases, nextToken };
  }

  /** Deleting what is not there is no error. */
  async delete(input: Input): Promise<Input> {
    requireAliasArn(input.stateMachineAliasArn);
    await this.records.aliases.delete(input.stateMachineAliasArn);
    return {};
  }

  #require(input: Input): AliasRecord {
    const arn = input.stateMachineAliasArn;
    requireAliasArn(arn);
    const alias = this.records.aliases.get(arn);
    if (!alias) throw failures.referenceUnknown(arn);
    return alias;
  }

  /** Throws ValidationException unless they lead to versions of one state machine, each once, and add up to 100 %. */
  #readRoutes(given: Route[]): { routes: Route[]; machineArn: string } {
    const routes = given.map(({ stateMachineVersionArn, weight }) => ({ stateMachineVersionArn, weight }));
    const arns = routes.map(versionOf);
    if (new Set(arns).size < arns.length) throw failures.routesRepeat(arns);
    const weights = routes.map(({ weight }) => weight);
    if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) throw failures.weights(weights);
    const machines = new Set(arns.map((arn) => this.records.versions.get(arn)?.machineArn));
    const [machineArn] = machines;
    if (machineArn === undefined || machines.has(undefined)) throw failures.routesToNoVersions(arns);
    if (machines.size > 1) throw failures.routesOfOthers(arns);
    return { routes, machineArn };
  }
}

const MOST_ALIASES = 100;

function requireAliasArn(arn: string): void {
  if (parseMachineArn(arn).alias === undefined) throw failures.invalidArn(`Invalid ARN: ${arn}`);
}

function versionOf({ stateMachineVersionArn }: Route): string {
  return stateMachineVersionArn;
}

function sameAlias(a: Content, b: Content): boolean {
  return a.description === b.description && JSON.stringify(a.routes) === JSON.stringify(b.routes);
}

type Content = Pick<AliasRecord, 'description' | 'routes'>;
