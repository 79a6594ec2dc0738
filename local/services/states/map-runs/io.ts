import type { Json } from '../../../asl/json';
import type { ItemSource, ResultDestination } from '../../../engine/map-run';
import type { ResultFiles } from '../../../runtime/map-run-results';
import type { MapRunIo } from '../../../runtime/map-runs';
import type { Parts } from '../../parts';
import { putObject } from './objects';
import { readItems } from './reader';

/** Owns where the items of distributed Map states come from and where their results go: S3. */
export class S3MapRunIo implements MapRunIo {
  constructor(private readonly parts: Parts) {}

  read(source: ItemSource, signal: AbortSignal): AsyncIterable<Json> {
    return readItems(this.parts, source, signal);
  }

  files({ parameters = {} }: ResultDestination): ResultFiles {
    const bucket = String(parameters.Bucket);
    const prefix = typeof parameters.Prefix === 'string' ? parameters.Prefix.replace(/\/$/, '') : '';
    return {
      bucket,
      put: async (name, body) => {
        const key = prefix === '' ? name : `${prefix}/${name}`;
        await putObject(this.parts, { Bucket: bucket, Key: key }, body);
        return key;
      },
    };
  }
}
