import * as v from 'valibot';

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/**
 * A completed level, as the event's detail tells it; the state machine's first state checks the same, and that `completedAt`
 * lies at most a day ahead of the execution's start.
 */
export const completionSchema = v.object({
  completionId: id,
  playerId: id,
  level: whole(1, 999),
  score: whole(0, 1_000_000_000),
  durationSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(86_400)),
  completedAt: v.pipe(v.string(), v.isoTimestamp()),
});

export type Completion = v.InferOutput<typeof completionSchema>;

/** What the function that credits a completion is called with. */
export const creditSchema = v.object({
  ...completionSchema.entries,
  /** Where the report is kept, without '.json' or '.html': whoever asks for a link needs to know. */
  reportKey: v.pipe(v.string(), v.regex(/^reports\/level-[0-9]{1,3}\/[A-Za-z0-9_-]{1,100}$/)),
});
