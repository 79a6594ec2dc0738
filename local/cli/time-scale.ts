import { UsageError } from './command';

/** @throws UsageError unless `text` is a number of virtual seconds per second that the clock can run at */
export function timeScaleOption(text: string): number {
  const scale = Number(text);
  if (text.trim() === '' || !(scale >= 0 && scale <= 1_000_000)) {
    throw new UsageError(`--time-scale wants a number from 0 to 1000000, not '${text}'.`);
  }
  return scale;
}
