import type { JsonObject } from '../asl/json';
import { AssemblyError } from './errors';
import { resolve, type Scope } from './intrinsics';
import { readJson } from './json-file';
import type { FileAsset } from './reader';
import { parseTemplate, type Template } from './template';

/**
 * Owns which files of an assembly are the templates of nested stacks: those assets to whose place in a bucket the TemplateURL of
 * an AWS::CloudFormation::Stack leads. The assets of nested stacks are in the asset manifest of the stack at the top.
 */
export interface NestingTemplate {
  readonly templateFile: string;
  readonly template: Template;
  /** The templates of nested stacks by the logical ids of those; without one that lies elsewhere. */
  readonly nested: ReadonlyMap<string, NestingTemplate>;
}

export const NESTED_STACK = 'AWS::CloudFormation::Stack';

export function readTemplate(file: string): Template {
  return parseTemplate(readJson(file), file);
}

/**
 * Reads the templates that one nests, and what those nest.
 * @param above the files of those that this one is nested in
 * @throws AssemblyError naming the file that is missing or malformed, or that nests itself
 */
export function readNested(
  { templateFile, template }: Omit<NestingTemplate, 'nested'>,
  assets: readonly FileAsset[],
  above: readonly string[] = [],
): Map<string, NestingTemplate> {
  if (above.includes(templateFile)) throw new AssemblyError(`${templateFile} nests itself.`);
  const nested = new Map<string, NestingTemplate>();
  for (const [logicalId, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const asset = Type === NESTED_STACK ? templateAsset(Properties, template, assets) : undefined;
    if (!asset) continue;
    const own = { templateFile: asset.path, template: readTemplate(asset.path) };
    nested.set(logicalId, { ...own, nested: readNested(own, assets, [...above, templateFile]) });
  }
  return nested;
}

/** A template and those that it nests, at any depth. */
export function templatesOf(root: NestingTemplate): Template[] {
  return [root.template, ...[...root.nested.values()].flatMap(templatesOf)];
}

function templateAsset(
  { TemplateURL }: JsonObject,
  template: Template,
  assets: readonly FileAsset[],
): FileAsset | undefined {
  const url = addressOf(TemplateURL ?? null, template);
  return assets.find(({ destinations }) => destinations.some((destination) => isAt(url, destination)));
}

/** With `${AWS::Region}` and its like as they are in the asset manifest; empty if it depends on what a deployment finds. */
function addressOf(value: JsonObject[string], template: Template): string {
  const unknown = () => undefined;
  const scope: Scope = {
    template,
    pseudo: PLACEHOLDERS,
    parameters: {},
    ref: unknown,
    attribute: unknown,
    imported: unknown,
    output: unknown,
    composed: (text) => text,
  };
  try {
    const address = resolve(value, scope);
    return typeof address === 'string' ? address : '';
  } catch (error) {
    if (error instanceof AssemblyError) return '';
    throw error;
  }
}

const PLACEHOLDERS = Object.fromEntries(
  ['AccountId', 'Region', 'Partition', 'URLSuffix'].map((name) => [`AWS::${name}`, `\${AWS::${name}}`]),
);

/** By the path or the host that names the bucket. */
function isAt(url: string, { bucketName, objectKey }: FileAsset['destinations'][number]): boolean {
  const [, host = '', path = ''] = /^https:\/\/([^/]+)\/([^?]+)/.exec(url) ?? [];
  return path === `${bucketName}/${objectKey}` || (path === objectKey && host.startsWith(`${bucketName}.s3`));
}
