import { readdirSync, statSync } from 'node:fs';
import { NotRunHere } from '../../services/aws';
import type { Layers } from '../../services/lambda/layers';
import { NoAssetError } from '../errors';
import { Properties } from '../properties';
import type { Identify, ResourceContext, ResourceProvider } from '../resource';

/** Versions of layers. A function in Node.js finds modules in them; it is no container, so nothing lies in /opt. */
export function layerVersion(layers: Layers): ResourceProvider {
  return {
    type: 'AWS::Lambda::LayerVersion',
    honoured: [
      'LayerName',
      'Content.S3Bucket',
      'Content.S3Key',
      'Description',
      'LicenseInfo',
      'CompatibleRuntimes',
      'CompatibleArchitectures',
    ],
    async deploy(values, context) {
      const properties = new Properties(values);
      const content = properties.object('Content');
      const directory = contentDirectory(properties, context);
      const arn = await layers.publish({
        name: layerName(properties, context),
        directory,
        contentId: content?.requiredText('S3Key') ?? '',
        description: properties.text('Description'),
        licenseInfo: properties.text('LicenseInfo'),
        compatibleRuntimes: properties.list('CompatibleRuntimes').map(String),
        compatibleArchitectures: properties.list('CompatibleArchitectures').map(String),
        isRetained: context.isRetained,
        previousArn: context.previous?.ref,
      });
      const others = readdirSync(directory).filter((name) => !OF_RUNTIMES.has(name));
      if (others.length > 0) {
        context.warn(
          `There is no /opt here, where functions would find its ${others.join(', ')}; they find its modules.`,
        );
      }
      return { ref: arn, attributes: { LayerVersionArn: arn } };
    },
    async remove({ ref }, { call }) {
      const [, , , , , , LayerName, VersionNumber] = ref.split(':');
      await call('lambda', 'DeleteLayerVersion', { LayerName, VersionNumber });
    },
  };
}

export const layerVersionIdentity: Identify = (values, context) => {
  const arn = context.arn('lambda', `layer:${layerName(new Properties(values), context)}:1`);
  return { ref: arn, attributes: { LayerVersionArn: arn } };
};

/** Folders in which a runtime looks by itself: Node.js, which is told where they are, and those that are not run. */
const OF_RUNTIMES = new Set(['nodejs', 'python', 'ruby', 'java', 'dotnet']);

/** A name, or the ARN of a layer that has versions. */
function layerName(properties: Properties, context: Pick<ResourceContext, 'name'>): string {
  const name = context.name(properties.text('LayerName'), { longest: 64 });
  return name.split(':')[6] ?? name;
}

function contentDirectory(properties: Properties, context: ResourceContext): string {
  const content = properties.object('Content');
  try {
    const { path } = context.asset(content?.requiredText('S3Bucket') ?? '', content?.requiredText('S3Key') ?? '');
    if (!statSync(path).isDirectory()) throw new NotRunHere('content in an archive, only in a directory');
    return path;
  } catch (error) {
    if (error instanceof NoAssetError) throw new NotRunHere('content that is no asset of its stack');
    throw error;
  }
}
