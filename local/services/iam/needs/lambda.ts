import { arnOf, each, type Needs, type NeedsOfService, type Place, textOf } from './need';

/** Lambda (…/list_awslambda.html): a version or an alias is a resource of its own. */
function functionArn(reference: unknown, qualifier: unknown, place: Place): string {
  const [, name = '', suffix] =
    /^(?:arn:[^:]+:lambda:[^:]+:|)(?:\d{12}:)?(?:function:)?([^:]+)(?::([^:]+))?$/.exec(textOf(reference)) ?? [];
  const version = textOf(qualifier) || suffix;
  return arnOf(place, 'lambda', `function:${name}${version === undefined ? '' : `:${version}`}`);
}

const onFunction =
  (action: string): Needs =>
  ({ FunctionName, Qualifier }, place) => [{ action, resource: functionArn(FunctionName, Qualifier, place) }];

export const LAMBDA_NEEDS: NeedsOfService = {
  Invoke: onFunction('lambda:InvokeFunction'),
  GetFunction: onFunction('lambda:GetFunction'),
  GetFunctionConfiguration: onFunction('lambda:GetFunctionConfiguration'),
  ...each(
    ['ListFunctions', 'ListLayers', 'ListEventSourceMappings', 'CreateEventSourceMapping'],
    (action) => [{ action, resource: '*' }],
    'lambda',
  ),
  ...each(
    ['GetEventSourceMapping', 'UpdateEventSourceMapping', 'DeleteEventSourceMapping'],
    (action, { UUID }, place) => [{ action, resource: arnOf(place, 'lambda', `event-source-mapping:${textOf(UUID)}`) }],
    'lambda',
  ),
};
