import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../asl/json';
import { type Environment, parseEnvironment } from './environment';
import { AssemblyError, NoAssetError } from './errors';
import { readJson } from './json-file';
import { type NestingTemplate, readNested, readTemplate } from './nesting';

/**
 * Owns the format of a cloud assembly (what `cdk synth` writes): manifest, nested assemblies, stacks, asset manifests.
 * Reads everything that a deployment needs and refuses what is missing or malformed before anything is deployed.
 * The format: https://github.com/cdklabs/cloud-assembly (schema `@aws-cdk/cloud-assembly-schema`).
 */
export interface StackArtifact extends NestingTemplate {
  /** The stack's name on AWS. */
  readonly name: string;
  /** The artifact's id in the manifest, by which other artifacts depend on it. */
  readonly id: string;
  /** The account and region that the stack is made for, as far as it names them. */
  readonly environment: Environment;
  readonly dependencies: readonly string[];
  readonly assets: readonly FileAsset[];
}

export interface FileAsset {
  /** Absolute path of the file or, when `packaging` is 'zip', of the directory. */
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  /** Where it would be uploaded to; names may hold `${AWS::AccountId}`, `${AWS::Region}`, `${AWS::Partition}`. */
  readonly destinations: ReadonlyArray<{ readonly bucketName: string; readonly objectKey: string }>;
}

/**
 * The major rises with every field that is added, and the CDK adds some each month; what is read here has stood since 2.
 * Anything far beyond is no cloud assembly as we know it.
 */
const MANIFEST_MAJORS = { oldest: 2, newest: 99 };

/**
 * Reads the assembly in `directory`.
 * @throws AssemblyError naming the file and the reason, when anything is missing or malformed.
 */
export function readAssembly(directory: string): StackArtifact[] {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new AssemblyError(
      `There is no cloud assembly in ${directory}: ${manifestFile} does not exist. Run 'cdk synth' first.`,
    );
  }
  const stacks = readManifest(directory);
  const seen = new Map<string, string>();
  for (const stack of stacks) {
    const other = seen.get(stack.name);
    if (other) throw new AssemblyError(`Two stacks are named ${stack.name}: ${other} and ${stack.templateFile}.`);
    seen.set(stack.name, stack.templateFile);
  }
  return stacks;
}

function readManifest(directory: string): StackArtifact[] {
  const file = join(directory, 'manifest.json');
  const manifest = readJson(file);
  const major = Number.parseInt(String(manifest.version), 10);
  if (!(major >= MANIFEST_MAJORS.oldest && major <= MANIFEST_MAJORS.newest)) {
    throw new AssemblyError(`${file} has the unknown schema version ${JSON.stringify(manifest.version ?? null)}.`);
  }
  const artifacts = manifest.artifacts ?? {};
  if (!isObject(artifacts)) throw new AssemblyError(`${file} is malformed: 'artifacts' is not an object.`);

  const stacks: StackArtifact[] = [];
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isObject(artifact)) throw new AssemblyError(`${file} is malformed: the artifact '${id}' is not an object.`);
    const properties = isObject(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'cdk:cloud-assembly') {
      stacks.push(
        ...readManifest(join(directory, text(properties.directoryName, file, `${id}.properties.directoryName`))),
      );
    } else if (artifact.type === 'aws:cloudformation:stack') {
      const templateFile = join(directory, text(properties.templateFile, file, `${id}.properties.templateFile`));
      const template = readTemplate(templateFile);
      const dependencies = Array.isArray(artifact.dependencies) ? artifact.dependencies.map(String) : [];
      const assets = dependencies.flatMap((other) => assetsOf(artifacts[other], directory, file, other));
      stacks.push({
        id,
        name: typeof properties.stackName === 'string' ? properties.stackName : id,
        environment: parseEnvironment(String(artifact.environment)),
        templateFile,
        template,
        nested: readNested({ templateFile, template }, assets),
        dependencies,
        assets,
      });
    }
  }
  return stacks;
}

function assetsOf(artifact: unknown, directory: string, manifestFile: string, id: string): FileAsset[] {
  if (!isObject(artifact) || artifact.type !== 'cdk:asset-manifest') return [];
  const properties = isObject(artifact.properties) ? artifact.properties : {};
  const file = join(directory, text(properties.file, manifestFile, `${id}.properties.file`));
  const { files = {} } = readJson(file);
  if (!isObject(files)) throw new AssemblyError(`${file} is malformed: 'files' is not an object.`);
  return Object.entries(files).flatMap(([hash, asset]) => {
    if (!isObject(asset) || !isObject(asset.source) || !isObject(asset.destinations)) {
      throw new AssemblyError(`${file} is malformed: the asset '${hash}' has no source or destinations.`);
    }
    // An asset made by a command (`executable`) exists only once the command has run.
    if (asset.source.executable) return [];
    const destinations = Object.values(asset.destinations).map((destination) => {
      const where = isObject(destination) ? destination : {};
      return {
        bucketName: text(where.bucketName, file, `${hash}.destinations.bucketName`),
        objectKey: text(where.objectKey, file, `${hash}.destinations.objectKey`),
      };
    });
    return [
      {
        path: join(directory, text(asset.source.path, file, `${hash}.source.path`)),
        packaging: asset.source.packaging === 'zip' ? ('zip' as const) : ('file' as const),
        destinations,
      },
    ];
  });
}

/**
 * The asset that would be uploaded to `bucket` and `key`.
 * @throws NoAssetError when the stack has no such asset; AssemblyError when its file or directory is absent.
 */
export function findAsset(
  stack: StackArtifact,
  bucket: string,
  key: string,
  pseudo: Readonly<Record<string, string>>,
): FileAsset {
  const fill = (name: string) => name.replace(/\$\{(AWS::\w+)\}/g, (whole, parameter) => pseudo[parameter] ?? whole);
  const asset = stack.assets.find((candidate) =>
    candidate.destinations.some((at) => fill(at.bucketName) === bucket && fill(at.objectKey) === key),
  );
  if (!asset) throw new NoAssetError(`No asset of the stack ${stack.name} is uploaded to s3://${bucket}/${key}.`);
  const found = statSync(asset.path, { throwIfNoEntry: false });
  if (!found) throw new AssemblyError(`The asset ${asset.path} of the stack ${stack.name} is absent.`);
  return asset;
}

function text(value: unknown, file: string, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AssemblyError(`${file} is malformed: '${where}' is not a text.`);
}
