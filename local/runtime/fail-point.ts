/**
 * Owns where a process can be made to die for a test: `STEPWRIGHT_FAIL_POINT=after-commit:17` kills it, as `kill -9`
 * would, at the 17th passage of that place. Read once, when the process starts; without it `failPoint` is undefined and
 * a place costs nothing.
 */
export const FAIL_POINTS = [
  'before-write',
  'after-write',
  'before-commit',
  'after-commit',
  'before-sync',
  'after-sync',
  'before-checkpoint',
  'after-checkpoint',
  'before-dispatch',
  'after-dispatch',
  'before-acknowledgement',
  'after-acknowledgement',
  'before-blob',
  'after-blob',
] as const;

export type FailPoint = (typeof FAIL_POINTS)[number];

/** Call as `failPoint?.('before-commit')`. */
export const failPoint = readFailPoint(process.env.STEPWRIGHT_FAIL_POINT);

/** @throws Error for a place that there is not, or a count that is none */
export function readFailPoint(
  setting: string | undefined,
  die = () => process.kill(process.pid, 'SIGKILL'),
): ((place: FailPoint) => void) | undefined {
  if (setting === undefined || setting === '') return undefined;
  const [name, count = '1'] = setting.split(':');
  if (!FAIL_POINTS.some((place) => place === name) || !/^[1-9]\d*$/.test(count)) {
    throw new Error(`STEPWRIGHT_FAIL_POINT must be PLACE or PLACE:COUNT with one of ${FAIL_POINTS.join(', ')}.`);
  }
  let left = Number(count);
  return (place) => {
    if (place !== name) return;
    left -= 1;
    if (left === 0) die();
  };
}
