import { type CorsConfiguration, checkCors } from '../../services/apigateway/cors';
import type { Properties } from '../properties';
import type { ResourceContext } from '../resource';

export const CORS_PROPERTIES = [
  'AllowOrigins',
  'AllowMethods',
  'AllowHeaders',
  'ExposeHeaders',
  'AllowCredentials',
  'MaxAge',
].map((name) => `CorsConfiguration.${name}`);

/**
 * The CORS that a template configures for an HTTP API, if it does.
 * @throws AwsError BadRequestException for what CreateApi refuses
 */
export function corsIn(api: Properties, context: ResourceContext): CorsConfiguration | undefined {
  const cors = api.object('CorsConfiguration');
  if (!cors) return undefined;
  const texts = (name: string) => cors.list(name).map(String);
  const maxAge = cors.number('MaxAge');
  const configuration = {
    allowOrigins: texts('AllowOrigins'),
    allowMethods: texts('AllowMethods'),
    allowHeaders: texts('AllowHeaders'),
    exposeHeaders: texts('ExposeHeaders'),
    allowCredentials: cors.flag('AllowCredentials') ?? false,
    ...(maxAge !== undefined && { maxAge }),
  };
  checkCors(configuration);
  const [wild] = configuration.allowOrigins.filter((origin) => /\*./.test(origin));
  if (wild !== undefined) {
    context.warn(`The origin ${wild} allows nobody: the wildcards of HTTP APIs are *, https://* and http://*.`);
  }
  return configuration;
}
