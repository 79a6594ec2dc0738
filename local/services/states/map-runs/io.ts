import type { Json } from '../../../asl/json';
import type { ItemSource, ResultDestination } from '../../../engine/map-run';
import type { ResultFiles } from '../../../runtime/map-run-results';
import type { MapRunIo, MapRunOwner } from '../../../runtime/map-runs';
import type { Parts } from '../../parts';
import { executionSession } from '../session';
import { type ObjectParts, putObject } from './objects';
import { readItems } from './reader';

/** Owns where the items of distributed Map states come from and where their results go: S3. */
export class S3MapRunIo implements MapRunIo {
  constructor(private readonly parts: Parts) {}

  read(source: ItemSource, signal: AbortSignal, owner: MapRunOwner): AsyncIterable<Json> {
    return readItems(this.#objects(owner), source, signal);
  }

  files({ parameters = {} }: ResultDestination, owner: MapRunOwner): ResultFiles {
    const objects = this.#objects(owner);
    const bucket = String(parameters.Bucket);
    const prefix = typeof parameters.Prefix === 'string' ? parameters.Prefix.replace(/\/$/, '') : '';
    return {
      bucket,
      put: async (name, body) => {
        const key = prefix === '' ? name : `${prefix}/${name}`;
        await putObject(objects, { Bucket: bucket, Key: key }, body);
        return key;
      },
    };
  }

  #objects(owner: MapRunOwner): ObjectParts {
    return { aws: this.parts.aws, role: executionSession(owner) };
  }
}
