import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { requireEnv } from '../shared/env';
import { log } from '../shared/log';

/**
 * Orders the sweep before something is begun that takes two steps: should whoever does it die between them, the sweep
 * finds what is left. EventBridge Scheduler keeps the order; a sweep that cannot finish orders the next one.
 *
 * An order that cannot be placed does not keep the reader from deciding: it is logged, and the next order's sweep, which
 * looks at all that is left, makes up for it.
 */
const env = requireEnv('SWEEP_GROUP', 'SWEEP_ROLE_ARN');
const scheduler = new SchedulerClient();

const minuteMs = 60_000;

/**
 * @param what names the order, at most 50 letters; within one minute it is placed once
 * @param minutes after the minute that is just running: then what it is about has been left for longer than the sweep waits
 * @param sweepArn the function that sweeps; the sweep knows its own
 */
export async function sweepSoon(
  what: string,
  minutes = 2,
  sweepArn = requireEnv('SWEEP_FUNCTION_ARN').SWEEP_FUNCTION_ARN,
): Promise<void> {
  const minute = Math.floor(Date.now() / minuteMs);
  const at = new Date((minute + 1 + minutes) * minuteMs).toISOString().slice(0, 19);
  try {
    await scheduler.send(
      new CreateScheduleCommand({
        Name: `${what}-${minute}`,
        GroupName: env.SWEEP_GROUP,
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: { Arn: sweepArn, RoleArn: env.SWEEP_ROLE_ARN },
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ConflictException') return;
    log.error('sweep not ordered', { what, error });
  }
}
