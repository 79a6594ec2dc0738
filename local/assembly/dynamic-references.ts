import { isObject, type Json, type JsonObject } from '../asl/json';
import { AwsError, type AwsShape } from '../services/aws';

/** What references are looked up in. */
export interface ReferenceSources {
  /** Values by the names of parameters of SSM. */
  readonly ssm: ReadonlyMap<string, string>;
  call(service: string, operation: string, input: AwsShape): Promise<AwsShape>;
  /** Told in a sentence of each reference that leads nowhere, and therefore stays as it is. */
  warn(message: string): void;
}

/** `{{resolve:ssm:/name:version}}`, `{{resolve:secretsmanager:id:SecretString:key:stage:version}}` */
const REFERENCE = /\{\{resolve:([\w-]+):([^{}]+)\}\}/g;

/**
 * Puts the values of dynamic references into resolved properties, wherever in a text they stand
 * (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html). A parameter of SSM has one version here.
 */
export async function fillDynamicReferences(properties: JsonObject, sources: ReferenceSources): Promise<JsonObject> {
  if (!JSON.stringify(properties).includes('{{resolve:')) return properties;
  return (await fill(properties, sources)) as JsonObject;
}

async function fill(value: Json, sources: ReferenceSources): Promise<Json> {
  if (typeof value === 'string') return fillText(value, sources);
  if (Array.isArray(value)) return Promise.all(value.map((element) => fill(element, sources)));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(async ([key, member]) => [key, await fill(member, sources)] as const);
  return Object.fromEntries(await Promise.all(members));
}

async function fillText(text: string, sources: ReferenceSources): Promise<string> {
  const found = new Map<string, string>();
  for (const [reference, service, path] of text.matchAll(REFERENCE)) {
    const value = await lookUp(service as string, path as string, sources);
    if (value === undefined) sources.warn(`${reference} stays as it is: the local cloud has nothing by this name.`);
    else found.set(reference, value);
  }
  return text.replace(REFERENCE, (reference) => found.get(reference) ?? reference);
}

async function lookUp(service: string, path: string, { ssm, call }: ReferenceSources): Promise<string | undefined> {
  if (service === 'ssm') return ssm.get(path.replace(/:\d+$/, ''));
  if (service !== 'secretsmanager') return undefined;
  // The id may be an ARN, which has colons of its own.
  const [, id, rest = ''] = /^((?:arn:(?:[^:]*:){5})?[^:]*)(?::SecretString(.*))?$/.exec(path) ?? [];
  const [, key, stage, version] = rest.split(':');
  try {
    const request = { SecretId: id, ...(stage && { VersionStage: stage }), ...(version && { VersionId: version }) };
    const { SecretString } = await call('secretsmanager', 'GetSecretValue', request);
    return key ? memberOf(SecretString, key) : SecretString;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function memberOf(json: string, key: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const member = isObject(value) ? value[key] : undefined;
    return typeof member === 'object' ? JSON.stringify(member) : member?.toString();
  } catch {
    return undefined;
  }
}
