import { RestApiService } from '../services/apigateway/rest/service';
import { ApiServers } from '../services/apigateway/servers';
import { HttpApiService } from '../services/apigateway/service';
import type { AwsService } from '../services/aws';
import { CloudWatchService } from '../services/cloudwatch/service';
import { DynamoDbService } from '../services/dynamodb/service';
import { EventsService } from '../services/events/service';
import { LambdaService } from '../services/lambda/service';
import { LogsService } from '../services/logs/service';
import type { Parts } from '../services/parts';
import { PipesService } from '../services/pipes/service';
import { S3Service } from '../services/s3/service';
import { SchedulerService } from '../services/scheduler/service';
import { SecretsManagerService } from '../services/secretsmanager/service';
import { SesService } from '../services/ses/service';
import { SnsService } from '../services/sns/service';
import { SqsService } from '../services/sqs/service';
import { StatesService } from '../services/states/service';
import { StsService } from '../services/sts/service';

/** A service that may have work in the background. */
interface Room {
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

/** The services of a local cloud. */
export interface Rooms {
  readonly lambda: LambdaService;
  readonly apiServers: ApiServers;
  readonly httpApis: HttpApiService;
  readonly restApis: RestApiService;
  readonly ses: SesService;
  readonly s3: S3Service;
  readonly states: StatesService;
  readonly cloudwatch: CloudWatchService;
  readonly logs: LogsService;
  /** All of them, in the order in which they start: those that call others last. */
  readonly all: readonly Room[];
}

/** Makes all services and registers them with `parts.aws`. */
export function buildRooms(
  parts: Parts,
  options: { awsEndpoint: () => string; apiFirstPort?: number | undefined; ready?: Promise<void> },
): Rooms {
  const lambda = new LambdaService(parts, { awsEndpoint: options.awsEndpoint });
  const apiServers = new ApiServers(parts, { firstPort: options.apiFirstPort, ready: options.ready });
  const ses = new SesService(parts);
  const s3 = new S3Service(parts);
  const states = new StatesService(parts);
  const cloudwatch = new CloudWatchService(parts);
  const logs = new LogsService(parts);
  const services: Array<AwsService & Room> = [
    new DynamoDbService(parts),
    s3,
    ses,
    logs,
    cloudwatch,
    lambda,
    new SecretsManagerService(parts),
    new SqsService(parts, { endpoint: options.awsEndpoint }),
    new SnsService(parts),
    states,
    new EventsService(parts),
    new SchedulerService(parts),
    new PipesService(parts),
    new StsService(parts),
  ];
  for (const service of services) parts.aws.register(service);
  return {
    lambda,
    apiServers,
    httpApis: new HttpApiService(parts, apiServers),
    restApis: new RestApiService(parts, apiServers),
    ses,
    s3,
    states,
    cloudwatch,
    logs,
    all: [...services, lambda.eventSources, apiServers],
  };
}
