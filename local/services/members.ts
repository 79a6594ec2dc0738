import { type MemberType, RequestModel } from '../asl/integrations/requests';
import { AwsError, type AwsShape } from './aws';

/**
 * Refuses a request in which a member, wherever it stands, is not of its type by AWS's model, before a service reads it.
 * Members that the model does not know are not looked at, nor is what is not there. Numbers and flags may come as
 * text, as CloudFormation's properties do.
 *
 * @param service as `AwsService.id`
 * @throws AwsError SerializationException
 */
export function checkMembers(service: string, operation: string, input: AwsShape): void {
  const model = RequestModel.of(service);
  const shape = model?.request(operation);
  if (model && shape !== undefined) checkStructure(model, shape, input);
}

function checkStructure(model: RequestModel, shape: string, value: AwsShape): void {
  for (const [name, { type }] of model.shape(shape)) {
    if (Object.hasOwn(value, name)) checkValue(model, type, value[name], name);
  }
}

function checkValue(model: RequestModel, type: MemberType, value: unknown, name: string): void {
  if (value === null || value === undefined) return;
  if (!fits(type, value)) throw new AwsError('SerializationException', `${name} is not of the expected type.`);
  if (type.kind === 'structure') checkStructure(model, type.shape, value as AwsShape);
  if (type.kind === 'list' || type.kind === 'map') {
    for (const item of Object.values(value as object)) {
      // AWS keeps no gaps in lists and maps.
      if (item === null) throw new AwsError('SerializationException', `${name} may not hold null.`);
      checkValue(model, type.of, item, name);
    }
  }
}

function fits({ kind }: MemberType, value: unknown): boolean {
  switch (kind) {
    case 'structure':
    case 'map':
      return typeof value === 'object' && !Array.isArray(value) && !isScalar(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      return typeof value === 'string';
    case 'any':
      return true;
    default:
      return isScalar(value);
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array;
}
