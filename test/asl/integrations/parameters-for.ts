import { integrationOf } from '../../../local/asl/integrations/integration';
import { operationOf } from '../../../local/asl/integrations/optimized';
import { RequestModel } from '../../../local/asl/integrations/requests';
import type { JsonObject } from '../../../local/asl/json';

/** The least that an integration takes: `{Parameters: …}` with a value for each field that must be there; else `{}`. */
export function parametersFor(arn: string): { Parameters?: JsonObject } {
  const integration = integrationOf(arn);
  if (!integration) return {};
  const { service, action, optimized } = integration;
  const [id, operation] = optimized?.request ?? [service, operationOf(action)];
  const model = RequestModel.of(id);
  const shape = model?.request(operation) ?? '';
  const members = [...(model?.spelled(shape, integration.kind) ?? [])].filter(([, { required }]) => required);
  const samples = members.map(([name, { type }]) => [name, SAMPLES[type.kind] ?? 'x'] as const);
  return { Parameters: Object.fromEntries(samples) };
}

const SAMPLES: Record<string, JsonObject | string[] | number | boolean> = {
  structure: {},
  map: {},
  list: [],
  integer: 1,
  long: 1,
  boolean: true,
};
