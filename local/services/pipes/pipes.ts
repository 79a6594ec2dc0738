import { isObject, type JsonObject } from '../../asl/json';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import { PatternError, parsePattern } from '../patterns/validate';
import type { Pipe } from './model';
import { targetService } from './target';

/** Owns which pipes there are, and what a pipe may be. */
export class Pipes {
  readonly #pipes: Collection<Pipe>;

  constructor(private readonly parts: Parts) {
    this.#pipes = parts.store.collection('pipes');
  }

  /** @throws AwsError ConflictException, ValidationException */
  async create(input: AwsShape): Promise<Pipe> {
    const { Name: name } = input;
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name ?? '')) throw invalid('Name is not valid.');
    if (this.#pipes.get(name)) throw new AwsError('ConflictException', `Pipe ${name} already exists.`, 409);
    const { region, accountId } = this.parts.identity;
    const now = this.parts.clock.now();
    const arn = `arn:aws:pipes:${region}:${accountId}:pipe/${name}`;
    return this.#put({ ...this.#read(input, input.Source), name, arn, createdAt: now, tags: input.Tags ?? {} });
  }

  /** All that may change is replaced; the source stays, and of its parameters the filter when none is given. */
  async update(input: AwsShape): Promise<Pipe> {
    const old = this.get(input.Name);
    const SourceParameters = { ...old.sourceParameters, ...input.SourceParameters };
    const changed = {
      Target: old.target,
      DesiredState: old.running ? 'RUNNING' : 'STOPPED',
      ...input,
      SourceParameters,
    };
    return this.#put({ ...old, ...this.#read(changed, old.source) });
  }

  async setRunning(name: string, running: boolean): Promise<Pipe> {
    return this.#put({ ...this.get(name), running, changedAt: this.parts.clock.now() });
  }

  async setTags(pipe: Pipe, tags: Record<string, string>): Promise<void> {
    await this.#put({ ...pipe, tags });
  }

  /** @throws AwsError NotFoundException */
  get(name: unknown): Pipe {
    const pipe = typeof name === 'string' ? this.#pipes.get(name) : undefined;
    if (!pipe) throw new AwsError('NotFoundException', `Pipe ${name} does not exist.`, 404);
    return pipe;
  }

  list(prefix = ''): Pipe[] {
    return this.#pipes.list(prefix).map(({ value }) => value);
  }

  async delete({ name }: Pipe): Promise<void> {
    await this.#pipes.delete(name);
  }

  async #put(pipe: Pipe): Promise<Pipe> {
    await this.#pipes.put(pipe.name, pipe);
    return pipe;
  }

  #read(input: AwsShape, source: unknown) {
    const { RoleArn: roleArn, Target: target, Enrichment, SourceParameters = {}, TargetParameters = {} } = input;
    if (typeof roleArn !== 'string' || roleArn === '') throw invalid('RoleArn must not be empty.');
    if (typeof source !== 'string' || !/^arn:aws[\w-]*:sqs:/.test(source)) {
      throw invalid(`Source ${source} is not a queue: the local cloud runs pipes from SQS queues.`);
    }
    if (typeof target !== 'string' || !targetService(target)) {
      throw invalid(
        `Target ${target} is not a state machine, function, queue or topic, to which the local cloud runs pipes.`,
      );
    }
    if (Enrichment) throw invalid('The local cloud runs pipes without Enrichment.');
    const { BatchSize, MaximumBatchingWindowInSeconds } = SourceParameters.SqsQueueParameters ?? {};
    const windowSeconds = whole('MaximumBatchingWindowInSeconds', MaximumBatchingWindowInSeconds, 0, 0, 300);
    const batchSize = whole('BatchSize', BatchSize, 10, 1, 10_000);
    if (isFifo(source) && windowSeconds > 0) {
      throw invalid('MaximumBatchingWindowInSeconds is not supported for FIFO queues.');
    }
    if (isFifo(target) && targetService(target) === 'sqs' && !TargetParameters.SqsQueueParameters?.MessageGroupId) {
      throw invalid('SqsQueueParameters must give a MessageGroupId for a FIFO queue.');
    }
    if (batchSize > 10 && windowSeconds === 0) {
      throw invalid('MaximumBatchingWindowInSeconds must be at least 1 when BatchSize is more than 10.');
    }
    return {
      changedAt: this.parts.clock.now(),
      running: input.DesiredState !== 'STOPPED',
      description: input.Description,
      roleArn,
      source,
      batchSize,
      windowSeconds,
      filters: ((SourceParameters.FilterCriteria?.Filters ?? []) as AwsShape[]).map(readFilter),
      target,
      sourceParameters: SourceParameters as JsonObject,
      targetParameters: TargetParameters as JsonObject,
    };
  }
}

function readFilter(filter: AwsShape): JsonObject {
  try {
    const pattern = isObject(filter) ? filter.Pattern : undefined;
    return parsePattern(String(pattern)) as JsonObject;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw invalid(`Event pattern is not valid. Reason: ${error.message}`);
  }
}

function whole(name: string, given: unknown, otherwise: number, least: number, most: number): number {
  const value = given === undefined || given === null ? otherwise : Number(given);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(`${name} must be from ${least} to ${most}.`);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
