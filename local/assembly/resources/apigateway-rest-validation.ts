import { isObject, type JsonObject } from '../../asl/json';
import type { RestApiService } from '../../services/apigateway/rest/service';
import type { ParameterSource, RequestValidation } from '../../services/apigateway/rest/spec';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';
import { idOf } from './apigateway-names';

const PARAMETER = /^method\.request\.(path|querystring|header)\.(.+)$/;

/** What a validator looks at. */
interface Validator {
  readonly body: boolean;
  readonly parameters: boolean;
}

/**
 * Owns models and request validators of REST APIs, and what of them a method's requests are held against.
 *
 * @param needApi answers the API of a resource that is run
 */
export class RestValidation {
  readonly #validators = new Map<string, Validator>();

  constructor(
    private readonly apis: Pick<RestApiService, 'putModel' | 'hasModel'>,
    private readonly needApi: (properties: Properties) => string,
  ) {}

  providers(): ResourceProvider[] {
    const model: ResourceProvider = {
      type: 'AWS::ApiGateway::Model',
      honoured: ['RestApiId', 'Name', 'Schema'],
      inert: ['ContentType', 'Description'],
      needs: ['RestApiId'],
      deploy: async (values, context) => {
        const properties = new Properties(values);
        // AWS's names for what has none are of letters and digits, too.
        const name = properties.text('Name') ?? idOf(context);
        this.apis.putModel(this.needApi(properties), name, schemaOf(properties));
        return { ref: name };
      },
    };
    const validator: ResourceProvider = {
      type: 'AWS::ApiGateway::RequestValidator',
      honoured: ['RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'],
      inert: ['Name'],
      needs: ['RestApiId'],
      deploy: async (values, context) => {
        const properties = new Properties(values);
        this.needApi(properties);
        const id = idOf(context);
        const body = properties.flag('ValidateRequestBody') ?? false;
        this.#validators.set(id, { body, parameters: properties.flag('ValidateRequestParameters') ?? false });
        return { ref: id, attributes: { RequestValidatorId: id } };
      },
    };
    return [model, validator];
  }

  /** Undefined for a method that has no validator. */
  of(method: Properties, apiId: string): RequestValidation | undefined {
    const models = Object.entries(method.texts('RequestModels'));
    const unknown = models.find(([, name]) => !this.apis.hasModel(apiId, name));
    if (unknown) throw new AssemblyError(`NotFoundException: Invalid model identifier specified: ${unknown[1]}`);
    const validator = this.#validators.get(method.text('RequestValidatorId') ?? '');
    if (!validator) return undefined;
    return {
      parameters: validator.parameters ? requiredParameters(method) : [],
      models: Object.fromEntries(validator.body ? models.map(([type, name]) => [type.toLowerCase(), name]) : []),
    };
  }
}

function schemaOf(properties: Properties): JsonObject {
  const given = properties.raw('Schema') ?? {};
  try {
    const schema = typeof given === 'string' ? JSON.parse(given) : given;
    if (isObject(schema)) return schema;
  } catch {
    // It is told below.
  }
  throw new AssemblyError('BadRequestException: Invalid model schema specified.');
}

function requiredParameters(method: Properties): ParameterSource[] {
  const declared = method.object('RequestParameters') ?? new Properties({});
  return declared.names().flatMap((parameter) => {
    const [, kind, name] = PARAMETER.exec(parameter) ?? [];
    if (name === undefined || !declared.flag(parameter)) return [];
    return { kind: kind as ParameterSource['kind'], name };
  });
}
