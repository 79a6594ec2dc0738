import type { RestApiService } from '../../services/apigateway/rest/service';
import type { HttpApiService } from '../../services/apigateway/service';
import type { Policies } from '../../services/iam/policies';
import type { LambdaService } from '../../services/lambda/service';
import type { ResourceProvider } from '../resource';
import { httpApiProviders } from './apigateway';
import { restApiProviders } from './apigateway-rest';
import { nestedStack } from './cloudformation';
import { globalTable, table } from './dynamodb';
import { eventBus, rule } from './events';
import { iamProviders } from './iam';
import { inertProviders } from './inert';
import { lambdaProviders } from './lambda';
import { eventSourceMapping } from './lambda-event-sources';
import { layerVersion } from './lambda-layers';
import { logGroup, logStream } from './logs';
import { pipe } from './pipes';
import { bucket } from './s3';
import { schedule, scheduleGroup } from './scheduler';
import { secret } from './secretsmanager';
import { configurationSet, emailIdentity, eventDestination } from './ses';
import { subscription, topic } from './sns';
import { queue } from './sqs';
import { parameter } from './ssm';
import { activity, stateMachine } from './stepfunctions';
import { stateMachineAlias, stateMachineVersion } from './stepfunctions-versions';

/** The resource types that the local cloud runs, for one deployment. */
export function resourceProviders(
  rooms: { lambda: LambdaService; httpApis: HttpApiService; restApis: RestApiService },
  policies: Policies | undefined,
): Map<string, ResourceProvider> {
  const providers = [
    layerVersion(rooms.lambda.layers),
    ...lambdaProviders(rooms.lambda),
    ...httpApiProviders(rooms.httpApis),
    ...restApiProviders(rooms.restApis),
    ...inertProviders,
    ...iamProviders(policies),
    nestedStack,
    table,
    globalTable,
    bucket,
    queue,
    topic,
    subscription,
    eventBus,
    rule,
    schedule,
    scheduleGroup,
    pipe,
    eventSourceMapping(),
    logGroup,
    logStream,
    configurationSet,
    emailIdentity,
    eventDestination,
    secret,
    parameter,
    stateMachine,
    stateMachineVersion,
    stateMachineAlias,
    activity,
  ];
  return new Map(providers.map((provider) => [provider.type, provider]));
}
