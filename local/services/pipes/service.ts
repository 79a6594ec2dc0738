import { AwsError, type AwsService, type AwsShape, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { Poller } from '../polling/poller';
import { type RestRoute, restJson } from '../wire/rest';
import type { Pipe } from './model';
import { Pipes } from './pipes';
import { handOver, pipeSession, VIA } from './target';

const OPERATIONS = new Set([
  'CreatePipe',
  'DeletePipe',
  'DescribePipe',
  'ListPipes',
  'ListTagsForResource',
  'StartPipe',
  'StopPipe',
  'TagResource',
  'UpdatePipe',
]);

/**
 * Owns EventBridge Pipes from SQS queues to state machines, functions, queues and topics: with filters, batches, input
 * templates and partial failures; without enrichment.
 */
export class PipesService implements AwsService {
  readonly id = 'pipes';
  readonly signingName = 'pipes';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol;
  readonly #pipes: Pipes;
  readonly #pollers = new Map<string, Poller>();
  #started = false;

  constructor(private readonly parts: Parts) {
    this.protocol = restJson(parts, this.id, ROUTES);
    this.#pipes = new Pipes(parts);
  }

  /** Begins to poll; call it when sources and targets exist. */
  async start(): Promise<void> {
    this.#started = true;
    for (const pipe of this.#pipes.list()) this.#follow(pipe);
  }

  async stop(): Promise<void> {
    this.#started = false;
    for (const poller of this.#pollers.values()) poller.abandon();
    this.#pollers.clear();
  }

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    const pipes = this.#pipes;
    switch (operation) {
      case 'CreatePipe':
        return summarize(this.#follow(await pipes.create(input)));
      case 'UpdatePipe':
        return summarize(this.#follow(await pipes.update(input)));
      case 'StartPipe':
      case 'StopPipe':
        return summarize(this.#follow(await pipes.setRunning(input.Name, operation === 'StartPipe')));
      case 'DeletePipe': {
        const pipe = pipes.get(input.Name);
        await pipes.delete(pipe);
        this.#forget(pipe.name);
        return { ...summarize(pipe), DesiredState: 'DELETED', CurrentState: 'DELETING' };
      }
      case 'DescribePipe':
        return describe(pipes.get(input.Name));
      case 'ListPipes':
        return { Pipes: pipes.list(input.NamePrefix).filter(listed(input)).map(summarizeForList) };
      case 'ListTagsForResource':
        return { tags: this.#byArn(input.resourceArn).tags };
      case 'TagResource': {
        const pipe = this.#byArn(input.resourceArn);
        await pipes.setTags(pipe, { ...pipe.tags, ...input.tags });
        return {};
      }
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run pipes:${operation}.`);
    }
  }

  /** Polls for a pipe as it is now. */
  #follow(pipe: Pipe): Pipe {
    this.#forget(pipe.name);
    if (this.#started && pipe.running) this.#pollers.set(pipe.name, this.#poll(pipe));
    return pipe;
  }

  #poll(pipe: Pipe): Poller {
    return new Poller(this.parts, {
      name: `pipe ${pipe.name}`,
      via: VIA,
      role: () => pipeSession(pipe),
      queueArn: pipe.source,
      batchSize: pipe.batchSize,
      windowSeconds: pipe.windowSeconds,
      filters: pipe.filters,
      handOver: (records) => handOver(this.parts, pipe, records),
    });
  }

  #forget(name: string): void {
    this.#pollers.get(name)?.stop();
    this.#pollers.delete(name);
  }

  #byArn(arn: string): Pipe {
    return this.#pipes.get(arn.split('pipe/')[1]);
  }
}

const ROUTES: readonly RestRoute[] = [
  ['POST', '/v1/pipes/{Name}', 'CreatePipe'],
  ['PUT', '/v1/pipes/{Name}', 'UpdatePipe'],
  ['GET', '/v1/pipes/{Name}', 'DescribePipe'],
  ['DELETE', '/v1/pipes/{Name}', 'DeletePipe'],
  ['POST', '/v1/pipes/{Name}/start', 'StartPipe'],
  ['POST', '/v1/pipes/{Name}/stop', 'StopPipe'],
  ['GET', '/v1/pipes', 'ListPipes'],
  ['GET', '/tags/{resourceArn}', 'ListTagsForResource'],
  ['POST', '/tags/{resourceArn}', 'TagResource'],
];

function listed({ SourcePrefix = '', TargetPrefix = '', DesiredState, CurrentState }: AwsShape) {
  return (pipe: Pipe) =>
    pipe.source.startsWith(SourcePrefix) &&
    pipe.target.startsWith(TargetPrefix) &&
    [DesiredState, CurrentState].every((state) => state === undefined || state === stateOf(pipe));
}

function stateOf({ running }: Pipe): string {
  return running ? 'RUNNING' : 'STOPPED';
}

/** A pipe is what it should be at once. */
function summarize(pipe: Pipe): AwsShape {
  return {
    Arn: pipe.arn,
    Name: pipe.name,
    DesiredState: stateOf(pipe),
    CurrentState: stateOf(pipe),
    CreationTime: new Date(pipe.createdAt),
    LastModifiedTime: new Date(pipe.changedAt),
  };
}

function summarizeForList(pipe: Pipe): AwsShape {
  return { ...summarize(pipe), Source: pipe.source, Target: pipe.target };
}

function describe(pipe: Pipe): AwsShape {
  return {
    ...summarizeForList(pipe),
    Description: pipe.description,
    RoleArn: pipe.roleArn,
    SourceParameters: pipe.sourceParameters,
    TargetParameters: pipe.targetParameters,
    Tags: pipe.tags,
  };
}
