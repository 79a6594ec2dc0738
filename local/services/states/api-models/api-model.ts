import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile } from '../../../asl/package-file';

/**
 * Owns what AWS's API models say that operations answer. The models are generated (`generate.mjs`), one line of
 * JSON for each operation and shape, and read when a task or a test first asks for their service; see docs/decisions/0002.
 */
export class ApiModel {
  readonly #outputs = new Map<string, string>();
  readonly #shapes = new Map<string, Shape>();

  private constructor(
    readonly service: string,
    lines: readonly string[],
  ) {
    for (const line of lines) {
      const entry: { operation?: string; output?: string } & Shape = JSON.parse(line);
      if (entry.operation) this.#outputs.set(entry.operation, entry.output as string);
      if (entry.shape) this.#shapes.set(entry.shape, entry);
    }
  }

  /** @param service as in `arn:aws:states:::aws-sdk:<service>:…`; undefined if there is no model of it. */
  static of(service: string): ApiModel | undefined {
    let model = loaded.get(service);
    if (!model) {
      const file = join(packageFile(FOLDER, __dirname), `${service}.jsonl`);
      if (!/^[a-z0-9]+$/.test(service) || !existsSync(file)) return undefined;
      model = new ApiModel(service, readFileSync(file, 'utf8').trimEnd().split('\n'));
      loaded.set(service, model);
    }
    return model;
  }

  /** What the operation ('GetFunction') answers; undefined if nothing, or if there is no such operation. */
  output(operation: string): Shape | undefined {
    const name = this.#outputs.get(operation);
    return name === undefined ? undefined : this.shape(name);
  }

  /** The shape that a member refers to: by its name, or by its type where there is nothing more to say of it. */
  shape(reference: string): Shape {
    return this.#shapes.get(reference) ?? { type: reference as Shape['type'] };
  }
}

export interface Shape {
  /** Its name; none where a reference is a type. */
  readonly shape?: string;
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'blob'
    | 'timestamp'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'any';
  /** Of a structure: what each member refers to. */
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  /** What the elements of a list or the values of a map refer to. */
  readonly of?: string;
  /** Of a number its value, else its length. */
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly string[];
}

const loaded = new Map<string, ApiModel>();

const FOLDER = 'local/services/states/api-models';
