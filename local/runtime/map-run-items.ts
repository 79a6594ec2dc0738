import type { Json } from '../asl/json';
import { MOST_PAYLOAD_BYTES } from '../engine/limits';
import type { Batch } from '../engine/map-run';

/** The input of one child execution, and how many items it has. */
export interface ChildInput {
  readonly input: string;
  readonly items: number;
}

/**
 * Groups items into the inputs of child executions: each on its own, or `{BatchInput, Items}` of as many as ItemBatcher
 * allows and a payload can hold.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export async function* grouped(items: AsyncIterable<Json>, batch: Batch | undefined): AsyncGenerator<ChildInput> {
  if (!batch) {
    for await (const item of items) yield { input: JSON.stringify(item), items: 1 };
    return;
  }
  const mostItems = batch.maxItems || Number.POSITIVE_INFINITY;
  const mostBytes = Math.min(batch.maxBytes || MOST_PAYLOAD_BYTES, MOST_PAYLOAD_BYTES);
  const head = batch.input === undefined ? '{"Items":[' : `{"BatchInput":${JSON.stringify(batch.input)},"Items":[`;
  const frameBytes = Buffer.byteLength(head) + 2;
  let group: string[] = [];
  let bytes = frameBytes;
  const close = () => {
    const closed = { input: `${head}${group.join(',')}]}`, items: group.length };
    group = [];
    bytes = frameBytes;
    return closed;
  };
  for await (const item of items) {
    const text = JSON.stringify(item);
    const more = Buffer.byteLength(text) + 1;
    if (group.length > 0 && bytes + more - 1 > mostBytes) yield close();
    group.push(text);
    bytes += more;
    if (group.length >= mostItems) yield close();
  }
  if (group.length > 0) yield close();
}
