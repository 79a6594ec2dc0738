import type { Json } from '../../../asl/json';
import type { MapState } from '../../../asl/model';
import { Failure } from '../../../engine/failure';
import type { MapRunOrder } from '../../../engine/map-run';
import type { Stimulus, TaskNumber } from '../../../engine/types';
import { TaskError } from '../../../runtime/dispatch';
import { grouped } from '../../../runtime/map-run-items';
import { AwsError, type AwsShape } from '../../aws';
import { itemsInText } from '../map-runs/reader';
import type { MockedOutcome } from './mock';
import type { Configuration } from './request';

/** Owns the iterations of a Map under test: what each would get, and what the mock says has become of them. */
export interface MockedMap {
  readonly task: TaskNumber;
  readonly state: MapState;
  readonly jsonata: boolean;
  readonly order: MapRunOrder;
  readonly outcome: MockedOutcome;
  readonly configuration: Configuration;
  /** The input of the iteration for an item. */
  readonly select: (item: { index: number; value: Json }) => Json | Promise<Json>;
  /** Takes members of InspectionData. */
  readonly note: (members: AwsShape) => void;
}

/** @throws AwsError ValidationException where the configuration does not fit the Map's items */
export async function playMap(map: MockedMap): Promise<Stimulus> {
  const { task, order, outcome, configuration, note } = map;
  note({
    maxConcurrency: order.maxConcurrency,
    toleratedFailureCount: order.toleratedCount,
    toleratedFailurePercentage: order.toleratedPercentage,
  });
  let iterations: number | undefined;
  try {
    iterations = await countIterations(map);
  } catch (error) {
    if (!(error instanceof Failure || error instanceof TaskError)) throw error;
    return { type: 'mapRunFailed', task, error: error.error ?? '', cause: error.cause };
  }
  const failures = configuration.mapIterationFailureCount ?? 0;
  if (iterations !== undefined && failures > iterations) {
    throw new AwsError(
      'ValidationException',
      'Map iteration failure count must be less than or equal to the number of Map iterations',
    );
  }
  if (!('result' in outcome)) return { type: 'mapRunFailed', task, error: outcome.error ?? '', cause: outcome.cause };
  if (exceeds(failures, iterations, order)) return { type: 'mapRunFailed', task, ...EXCEEDED };
  return { type: 'mapRunSucceeded', task, output: outcome.result };
}

const EXCEEDED = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/** Unlike a real map run, a test without a threshold tolerates all failures. */
function exceeds(failures: number, iterations: number | undefined, order: MapRunOrder): boolean {
  const { toleratedCount, toleratedPercentage } = order;
  if (toleratedCount !== undefined && failures > toleratedCount) return true;
  if (toleratedPercentage === undefined || !iterations) return false;
  return (failures / iterations) * 100 > toleratedPercentage;
}

/** Undefined if nobody says what the ItemReader finds. */
async function countIterations(map: MockedMap): Promise<number | undefined> {
  const { state, jsonata, order, configuration, select, note } = map;
  if (order.items && !jsonata) note({ afterItemsPath: JSON.stringify(order.items) });
  const items = order.items ?? (await readItems(order, configuration, note));
  if (!items) return undefined;
  const selected: Json[] = [];
  for (const [index, value] of items.entries()) selected.push(await select({ index, value }));
  if (state.ItemSelector !== undefined) note({ afterItemSelector: JSON.stringify(selected) });
  if (!order.batch) return selected.length;
  const batches: string[] = [];
  for await (const { input } of grouped(each(selected), order.batch)) batches.push(input);
  note({ afterItemBatcher: `[${batches.join()}]` });
  return batches.length;
}

async function readItems(
  { source }: MapRunOrder,
  { mapItemReaderData }: Configuration,
  note: MockedMap['note'],
): Promise<Json[] | undefined> {
  if (!source || mapItemReaderData === undefined) return undefined;
  const { config, maxItems } = source;
  const items: Json[] = [];
  for await (const item of itemsInText(mapItemReaderData, config)) items.push(item);
  if (config.ItemsPointer !== undefined) note({ afterItemsPointer: JSON.stringify(items) });
  return maxItems ? items.slice(0, maxItems) : items;
}

async function* each(items: readonly Json[]): AsyncGenerator<Json> {
  yield* items;
}
