import type { CostEvent } from '../../cost/history';
import type { HistoryEvent } from '../../engine/types';

/** An event of the local cloud's history as the arithmetic takes it. */
export function costEvent({ id, previousEventId, type, timestamp, details }: HistoryEvent): CostEvent {
  const { resource, input, output } = (details ?? {}) as Record<string, unknown>;
  return {
    id,
    previousEventId,
    type,
    timestamp,
    dataBytes: Math.max(bytesOf(input), bytesOf(output)),
    ...(typeof resource === 'string' && { resource }),
  };
}

export function bytesOf(data: unknown): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : 0;
}
