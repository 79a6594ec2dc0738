import type { Schema, Validator } from '@cfworker/json-schema';
import type { Json, JsonObject } from '../../../asl/json';
import { interruptible, MatchTimeout } from '../../../asl/regexp';
import type { HttpAnswer } from '../response';
import type { RestVisit } from './event';
import { mediaTypeOf } from './media-types';
import { requestValues } from './parameters';
import { errorAnswer } from './response';
import type { RequestValidation } from './spec';

/** By name: JSON schemas of draft 4. */
export type Models = ReadonlyMap<string, JsonObject>;

/**
 * Owns what requests are refused that their method's validator does not let through: which have not all parameters, or whose body is not of
 * the model for its content type. No body is an empty object.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export class RequestValidator {
  #validators = new Map<string, Validator>();

  constructor(
    private readonly apiId: string,
    private readonly models: Models,
  ) {}

  /** What a request that is refused is answered; undefined for one that is not. */
  refusal(validation: RequestValidation, visit: RestVisit): HttpAnswer | undefined {
    const missing = validation.parameters.filter(
      (source) => !requestValues(source, visit).some((text) => text.trim() !== ''),
    );
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      return errorAnswer(400, 'BadRequestException', `Missing required request parameters: [${names}]`);
    }
    const model = validation.models[mediaTypeOf(visit.request.headers['content-type'])];
    if (model === undefined || this.#isValid(model, Buffer.from(visit.request.body).toString() || '{}'))
      return undefined;
    return errorAnswer(400, 'BadRequestException', 'Invalid request body');
  }

  #isValid(model: string, body: string): boolean {
    try {
      const value: Json = JSON.parse(body);
      return interruptible(() => this.#validator(model).validate(value).valid);
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) return false;
      if (!(error instanceof MatchTimeout)) throw error;
      process.emitWarning(`The model '${model}' of the REST API ${this.apiId} takes too long to validate a request.`);
      return false;
    }
  }

  #validator(model: string): Validator {
    let validator = this.#validators.get(model);
    if (!validator) {
      // A library that few need.
      const { Validator } = require('@cfworker/json-schema') as typeof import('@cfworker/json-schema');
      validator = new Validator({ $ref: this.#urlOf(model) }, '4');
      for (const [name, schema] of this.models) validator.addSchema(schema as Schema, this.#urlOf(name));
      this.#validators.set(model, validator);
    }
    return validator;
  }

  /** By which models name each other. */
  #urlOf(model: string): string {
    return `https://apigateway.amazonaws.com/restapis/${this.apiId}/models/${model}`;
  }
}
