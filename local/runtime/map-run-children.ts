import { createHash } from 'node:crypto';
import type { MapRunOrder } from '../engine/map-run';
import type { Execution, ExecutionHeader } from '../engine/types';
import type { StoredChild, StoredMapRun } from './map-run-journal';

/** How a child execution is started; `startedAt` is added when it is. */
export interface ChildRequest {
  readonly header: Omit<ExecutionHeader, 'startedAt'>;
  readonly inputText: string;
}

/**
 * The start of a child. Its names follow from the map run and its index (and, for an Express child that is run again,
 * from the redrive), so that the same child is never started twice.
 */
export function childRequest(
  { arn: mapRunArn, machineArn, machineName, redriveCount }: StoredMapRun,
  { executionType }: MapRunOrder,
  { index, input, items, status }: StoredChild,
  { arn, roleArn, testCase }: Pick<Execution, 'arn' | 'roleArn' | 'testCase'>,
): ChildRequest {
  const [, , , region, account] = arn.split(':');
  const name = uuidOf(`${mapRunArn}/${index}${status === 'PENDING_REDRIVE' ? `/${redriveCount}` : ''}`);
  const place = `arn:aws:states:${region}:${account}`;
  return {
    header: {
      arn:
        executionType === 'EXPRESS'
          ? `${place}:express:${machineName}:${name}:${uuidOf(name)}`
          : `${place}:execution:${machineName}:${name}`,
      name,
      type: executionType,
      stateMachineArn: machineArn,
      stateMachineName: machineName,
      roleArn,
      input: JSON.parse(input),
      mapRunArn,
      itemCount: items,
      ...(testCase !== undefined && { testCase }),
    },
    inputText: input,
  };
}

/** Like a UUID, but always the same for the same text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
