import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import { invalid } from './event-sources/settings';
import { RetainedLayers } from './retained-layers';
import type { FunctionLayer } from './spec';

export const LAYER_OPERATIONS = [
  'DeleteLayerVersion',
  'GetLayerVersion',
  'GetLayerVersionByArn',
  'ListLayers',
  'ListLayerVersions',
] as const;

/** What a layer is published with; the texts are AWS's. */
export interface LayerContent {
  readonly name: string;
  /** The layer, unpacked; never written to. */
  readonly directory: string;
  /** What is in the directory, in a word: other content has another. */
  readonly contentId: string;
  readonly description?: string | undefined;
  readonly licenseInfo?: string | undefined;
  readonly compatibleRuntimes?: readonly string[];
  readonly compatibleArchitectures?: readonly string[];
}

/** A layer to publish. */
export interface NewLayer extends LayerContent {
  /** Its versions stay when others take their place, over restarts. */
  readonly isRetained?: boolean;
  /** The version that is in its place until now. */
  readonly previousArn?: string | undefined;
}

export interface LayerVersion extends LayerContent {
  readonly arn: string;
  readonly version: number;
  /** Virtual ms since the epoch. */
  readonly createdAt: number;
  /** Bytes, unpacked. */
  readonly size: number;
}

/** A layer's numbers, by what was published under them. */
interface Numbers {
  readonly latest: number;
  readonly given: Readonly<Record<string, Pick<LayerVersion, 'version' | 'createdAt'>>>;
}

/** Of a layer, and of a function with its layers; bytes, unpacked. */
const LARGEST = 262_144_000;
const MOST_LAYERS = 5;

/**
 * Owns the versions of layers, and which of them a function gets (docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html).
 *
 * L1  The same content has the same number after a restart; other content, and what was deleted or replaced, has a new one.
 * L2  Only what this process has published, and what is retained, is there: a layer of another account is not.
 */
export class Layers {
  readonly #numbers;
  /** By ARN. */
  readonly #versions: Map<string, LayerVersion>;
  readonly #retained: RetainedLayers;

  constructor(private readonly parts: Parts) {
    this.#numbers = parts.store.collection<Numbers>('lambda_layer');
    this.#retained = new RetainedLayers(parts.store, parts.dir);
    this.#versions = new Map(this.#retained.list().map((version) => [version.arn, version]));
  }

  /** Answers the version's ARN. @throws AwsError InvalidParameterValueException when it is too large */
  async publish({ isRetained, previousArn, ...content }: NewLayer): Promise<string> {
    const size = bytesIn(content.directory);
    if (size > LARGEST) throw invalid(`Unzipped size must be smaller than ${LARGEST} bytes`);
    const { directory, ...told } = content;
    const { latest, given } = this.#numbers.get(content.name) ?? { latest: 0, given: {} };
    const key = JSON.stringify(told);
    const arnOf = (version: number) => `${this.#arn(content.name)}:${version}`;
    const known = given[key];
    // A retained version that has been replaced stays what it is.
    const isReplaced = known && this.#retained.has(arnOf(known.version)) && previousArn !== arnOf(known.version);
    const numbered = known && !isReplaced ? known : { version: latest + 1, createdAt: this.parts.clock.now() };
    if (numbered !== known)
      await this.#numbers.put(content.name, { latest: latest + 1, given: { ...given, [key]: numbered } });
    const version = { ...content, ...numbered, directory: realpathSync(directory), arn: arnOf(numbered.version), size };
    this.#versions.set(version.arn, isRetained ? await this.#retained.keep(version) : version);
    return version.arn;
  }

  /**
   * The layers of a function, in its order; without a directory those that are not here.
   * @throws AwsError InvalidParameterValueException when AWS would not take them together
   */
  attach(arns: readonly string[], codeDirectory: string): FunctionLayer[] {
    if (arns.length > MOST_LAYERS) throw invalid(`Cannot reference more than ${MOST_LAYERS} layers.`);
    for (const [index, arn] of arns.entries()) {
      const other = arns.slice(0, index).find((before) => layerOf(before) === layerOf(arn));
      if (other !== undefined) {
        throw invalid(
          `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
        );
      }
    }
    const layers = arns.map((arn) => {
      const { directory, size } = this.#versions.get(arn) ?? {};
      return { arn, directory, size };
    });
    const size = layers.reduce((sum, layer) => sum + (layer.size ?? 0), 0);
    if (size > 0) requireRoom(size + bytesIn(codeDirectory));
    return layers;
  }

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    switch (operation) {
      case 'GetLayerVersion':
        return describe(this.#get(this.#versionArn(input)));
      case 'GetLayerVersionByArn':
        return describe(this.#get(String(input.Arn)));
      case 'ListLayerVersions':
        return this.#list(input);
      case 'ListLayers':
        return this.#listLayers(input);
      default:
        await this.#delete(this.#versionArn(input));
        return {};
    }
  }

  #get(arn: string): LayerVersion {
    const found = this.#versions.get(arn);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, {
      Type: 'User',
    });
  }

  /** The newest first. */
  #list(input: AwsShape): AwsShape {
    const arn = this.#arn(String(input.LayerName));
    const found = this.#compatible(input).filter((one) => layerOf(one.arn) === arn);
    const newest = found.sort((one, other) => other.version - one.version);
    const after = newest.filter(({ version }) => input.Marker === undefined || version < Number(input.Marker));
    const { page, more } = paged(after, input);
    return { LayerVersions: page.map(listed), ...(more && { NextMarker: String(page.at(-1)?.version) }) };
  }

  #listLayers(input: AwsShape): AwsShape {
    const latest = new Map<string, LayerVersion>();
    for (const one of this.#compatible(input)) {
      if (one.version >= (latest.get(one.name)?.version ?? 0)) latest.set(one.name, one);
    }
    const names = [...latest.keys()].sort().filter((name) => input.Marker === undefined || name > input.Marker);
    const { page, more } = paged(names, input);
    const Layers = page.map((name) => ({
      LayerName: name,
      LayerArn: this.#arn(name),
      LatestMatchingVersion: listed(latest.get(name) as LayerVersion),
    }));
    return { Layers, ...(more && { NextMarker: page.at(-1) }) };
  }

  #compatible({ CompatibleRuntime: runtime, CompatibleArchitecture: architecture }: AwsShape): LayerVersion[] {
    return [...this.#versions.values()].filter(
      ({ compatibleRuntimes = [], compatibleArchitectures = [] }) =>
        (runtime === undefined || compatibleRuntimes.includes(runtime)) &&
        (architecture === undefined || compatibleArchitectures.includes(architecture)),
    );
  }

  /** Functions that have it keep it. What is not there is deleted, too. */
  async #delete(arn: string): Promise<void> {
    const name = layerOf(arn).split(':').at(-1) as string;
    const numbers = this.#numbers.get(name);
    this.#versions.delete(arn);
    await this.#retained.delete(arn);
    if (!numbers) return;
    const given = Object.entries(numbers.given).filter(([, { version }]) => arn !== `${this.#arn(name)}:${version}`);
    await this.#numbers.put(name, { ...numbers, given: Object.fromEntries(given) });
  }

  /** @param input a name or the layer's ARN, and the number */
  #versionArn({ LayerName, VersionNumber }: AwsShape): string {
    if (!(Number(VersionNumber) >= 1)) throw invalid('Layer Version Cannot be less than 1.');
    return `${this.#arn(String(LayerName))}:${Number(VersionNumber)}`;
  }

  #arn(nameOrArn: string): string {
    const { region, accountId } = this.parts.identity;
    return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${region}:${accountId}:layer:${nameOrArn}`;
  }
}

function describe(version: LayerVersion): AwsShape {
  const { CreatedDate, LayerVersionArn, Version, ...more } = listed(version);
  return {
    Content: { CodeSize: version.size },
    LayerArn: layerOf(version.arn),
    LayerVersionArn,
    CreatedDate,
    Version,
    ...more,
  };
}

function listed(version: LayerVersion): AwsShape {
  const { description, licenseInfo, compatibleRuntimes = [], compatibleArchitectures = [] } = version;
  return {
    LayerVersionArn: version.arn,
    Version: version.version,
    CreatedDate: new Date(version.createdAt).toISOString().replace('Z', '+0000'),
    Description: description ?? '',
    ...(licenseInfo !== undefined && { LicenseInfo: licenseInfo }),
    ...(compatibleRuntimes.length > 0 && { CompatibleRuntimes: compatibleRuntimes }),
    ...(compatibleArchitectures.length > 0 && { CompatibleArchitectures: compatibleArchitectures }),
  };
}

/** A version's ARN without its number. */
function layerOf(arn: string): string {
  return arn.slice(0, arn.lastIndexOf(':'));
}

function paged<T>(items: T[], { MaxItems }: AwsShape): { page: T[]; more: boolean } {
  const size = Math.min(Number(MaxItems ?? 50), 50);
  return { page: items.slice(0, size), more: items.length > size };
}

function requireRoom(size: number): void {
  if (size <= LARGEST) return;
  throw invalid(
    `Function code combined with layers exceeds the maximum allowed size of ${LARGEST} bytes. The actual size is ${size} bytes.`,
  );
}

function bytesIn(directory: string): number {
  const sizes = readdirSync(directory, { withFileTypes: true }).map((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return bytesIn(path);
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
