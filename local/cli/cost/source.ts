import type { Observation } from '../../cost/execution';
import { chooseWorkflow } from '../choose-workflow';
import { CommandFailure } from '../command';

/** Where executions are found and looked at: a local cloud, or an account. */
export interface Source {
  workflows(): Promise<Workflow[]>;
  /** The latest executions of a workflow, newest first. */
  executions(machineArn: string, last: number): Promise<ListedExecution[]>;
  /** Undefined when there is no such execution. */
  observe(executionArn: string): Promise<Observation | undefined>;
}

export interface Workflow {
  readonly name: string;
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
}

interface ListedExecution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
}

/** A workflow, and what its executions did. */
export interface Found {
  readonly workflow: string;
  readonly machineArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Given when one execution was asked for: its name. */
  readonly execution?: string;
  readonly observations: readonly Observation[];
  /** Executions that have not ended, which a mean leaves out. */
  readonly running: number;
}

/**
 * The executions that `wanted` means: one by its ARN or name, those of a workflow by its ARN, name or a part of its
 * name, or of all workflows.
 * @param last how many executions of a workflow are looked at
 * @throws CommandFailure when there is no such thing
 */
export async function findCosts(source: Source, wanted: string | undefined, last: number): Promise<Found[]> {
  if (wanted !== undefined && /^arn:[^:]+:states:[^:]*:[^:]*:(execution|express):/.test(wanted)) {
    const found = await one(source, wanted);
    if (found) return [found];
    throw new CommandFailure(`There is no execution ${wanted}.`);
  }
  const workflows = await source.workflows();
  if (wanted === undefined) {
    const all: Found[] = [];
    for (const workflow of workflows) all.push(await ofWorkflow(source, workflow, last));
    return all.filter(({ observations, running }) => observations.length + running > 0);
  }
  const exact = workflows.find(({ arn, name }) => arn === wanted || name === wanted);
  if (exact) return [await ofWorkflow(source, exact, last)];
  for (const { arn } of workflows) {
    const execution = (await source.executions(arn, last)).find(({ name }) => name === wanted);
    const found = execution && (await one(source, execution.arn));
    if (found) return [found];
  }
  const noun = 'state machine, and no execution of one,';
  return [await ofWorkflow(source, chooseWorkflow(wanted, workflows, noun), last)];
}

async function one(source: Source, arn: string): Promise<Found | undefined> {
  const seen = await source.observe(arn);
  if (!seen) return undefined;
  const [, , , , , , machine = '', name = ''] = arn.split(':');
  const machineArn = arn.replace(/:(execution|express):.*/, `:stateMachine:${machine}`);
  const { stateMachineName: workflow, type } = seen;
  return { workflow, machineArn, type, execution: name, observations: [seen], running: 0 };
}

async function ofWorkflow(source: Source, { name, arn, type }: Workflow, last: number): Promise<Found> {
  const listed = await source.executions(arn, last);
  const ended = listed.filter(({ status }) => status !== 'RUNNING');
  const observations: Observation[] = [];
  for (const { arn: executionArn } of ended) {
    const seen = await source.observe(executionArn);
    if (seen) observations.push({ ...seen, type });
  }
  return { workflow: name, machineArn: arn, type, observations, running: listed.length - ended.length };
}
