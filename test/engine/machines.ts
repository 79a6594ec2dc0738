import fc from 'fast-check';
import type { StateMachine } from '../../local/asl/model';
import { ACTIVITY, CALLBACK, FUNCTION, INVOKE, SYNC } from './hand';

/** Random definitions: small, valid, of all state types in both query languages, nested up to two deep. */

type Named = Record<string, object>;
type Block = { StartAt: string; States: Named };

const resource = fc.constantFrom(FUNCTION, INVOKE, CALLBACK, SYNC, ACTIVITY);

/** What an integration wants, and the field for data. */
const REQUESTS: Record<string, [request: object, data: string]> = {
  [INVOKE]: [{ FunctionName: 'work' }, 'Payload'],
  [CALLBACK]: [{ QueueUrl: 'queue' }, 'MessageBody'],
  [SYNC]: [{ StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:other' }, 'Input'],
};

const errorName = fc.constantFrom(
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'Boom',
  'States.QueryEvaluationError',
);
const seconds = fc.integer({ min: 1, max: 20 });

const retriers = fc.array(
  fc.record(
    {
      ErrorEquals: fc.array(errorName, { minLength: 1, maxLength: 2 }),
      MaxAttempts: fc.integer({ min: 0, max: 2 }),
      IntervalSeconds: seconds,
      JitterStrategy: fc.constantFrom('FULL', 'NONE'),
    },
    { requiredKeys: ['ErrorEquals', 'MaxAttempts'] },
  ),
  { maxLength: 2 },
);

const pathFields = fc.record(
  {
    InputPath: fc.constantFrom('$', '$.a', '$$.Execution.Input', null),
    ResultPath: fc.constantFrom('$', '$.r', null),
    OutputPath: fc.constantFrom('$', '$.r', null),
    Assign: fc.constant({ 'v.$': '$' }),
  },
  { requiredKeys: [] },
);

const expressionFields = fc.record(
  {
    Assign: fc.constant({ v: '{% $states.input %}' }),
    Output: fc.constantFrom('{% $states.input %}', { n: '{% $count($states.input) %}' }, '{% $missing %}'),
  },
  { requiredKeys: [] },
);

/** The fields of a state of either language, and what goes with each. */
function fields(paths: fc.Arbitrary<object>, expressions: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.oneof(
    fc.tuple(paths, pathFields).map(([own, shared]) => ({ QueryLanguage: 'JSONPath', ...shared, ...own })),
    fc.tuple(expressions, expressionFields).map(([own, shared]) => ({ QueryLanguage: 'JSONata', ...shared, ...own })),
  );
}

const nothing = fc.constant({});
const guarded = (state: fc.Arbitrary<object>) => fc.tuple(state, retriers).map(([own, Retry]) => ({ ...own, Retry }));

const task = guarded(
  fc
    .tuple(
      resource.chain((Resource) => {
        const [request, data] = REQUESTS[Resource] ?? [{}, 'x'];
        const paths = ['$', '$.no'].map((path) => ({ Parameters: { ...request, [`${data}.$`]: path } }));
        return fields(
          fc.constantFrom(...(REQUESTS[Resource] ? [] : [{}]), ...paths),
          fc.constant({ Arguments: { ...request, [data]: '{% $states.input %}' } }),
        ).map((own) => ({ Resource, ...own }));
      }),
      fc.record({ TimeoutSeconds: seconds, HeartbeatSeconds: seconds }, { requiredKeys: [] }),
    )
    .map(([own, times]) => ({ Type: 'Task', ...own, ...times })),
);

const pass = fields(fc.constantFrom({}, { Result: { a: [1, 2] } }), nothing).map((own) => ({ Type: 'Pass', ...own }));
const wait = fields(
  seconds.map((Seconds) => ({ Seconds })),
  seconds.map((Seconds) => ({ Seconds: `{% ${Seconds} %}` })),
).map((own) => ({ Type: 'Wait', ...own, ResultPath: undefined }));

function composite(depth: number): fc.Arbitrary<object> {
  const parallel = guarded(
    fc
      .tuple(fc.array(block(depth - 1), { minLength: 1, maxLength: 3 }), fields(nothing, nothing))
      .map(([Branches, own]) => ({ Type: 'Parallel', Branches, ...own })),
  );
  const map = guarded(
    fc
      .tuple(
        block(depth - 1),
        fc.integer({ min: 0, max: 2 }),
        fields(fc.constant({ ItemsPath: '$$.Execution.Input.list' }), fc.constant({ Items: [1, 2, 3] })),
      )
      .map(([ItemProcessor, MaxConcurrency, own]) => ({ Type: 'Map', ItemProcessor, MaxConcurrency, ...own })),
  );
  return fc.oneof(parallel, map);
}

/** A line of states; some are followed by a Choice that may leave early, guarded ones may be caught into its end. */
function block(depth: number): fc.Arbitrary<Block> {
  const work =
    depth > 0
      ? fc.oneof({ weight: 3, arbitrary: fc.oneof(pass, wait, task) }, { weight: 2, arbitrary: composite(depth) })
      : fc.oneof(pass, wait, task);
  const end = fc.constantFrom(
    { Type: 'Succeed' },
    { Type: 'Fail', Error: 'Boom', Cause: 'c' },
    { Type: 'Pass', End: true },
  );
  const step = fc.record({ work, caught: fc.boolean(), choice: fc.boolean() });
  return fc.tuple(fc.array(step, { minLength: 1, maxLength: 3 }), end).map(([steps, last]) => {
    const names = steps.map((_, i) => `S${i}`);
    const States: Named = { End: last };
    steps.forEach(({ work: state, caught, choice }, i) => {
      const name = names[i] as string;
      const Next = names[i + 1] ?? 'End';
      const Catch = caught && 'Retry' in state ? { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }] } : {};
      States[name] = { ...state, ...Catch, Next: choice ? `${name}?` : Next };
      if (choice) {
        const Choices = [{ Variable: '$.a', IsPresent: true, Next }];
        States[`${name}?`] = { Type: 'Choice', QueryLanguage: 'JSONPath', Choices, Default: 'End' };
      }
    });
    return { StartAt: 'S0', States };
  });
}

/** Names are unique in a whole machine: each is prefixed with where it stands. */
function unique({ StartAt, States, ...rest }: Block, prefix: string): Block {
  const renamed = Object.entries(States).map(([name, state]) => [prefix + name, renameState(state, prefix, name)]);
  return { ...rest, StartAt: prefix + StartAt, States: Object.fromEntries(renamed) };
}

function renameState(state: object, prefix: string, name: string): object {
  const here = `${prefix}${name}/`;
  const rename = (target: { Next?: string }) => (target.Next ? { ...target, Next: prefix + target.Next } : target);
  const { Choices, Catch, Default, Branches, ItemProcessor } = state as Record<string, unknown>;
  return {
    ...rename(state),
    ...(Array.isArray(Choices) && { Choices: Choices.map(rename) }),
    ...(Array.isArray(Catch) && { Catch: Catch.map(rename) }),
    ...(typeof Default === 'string' && { Default: prefix + Default }),
    ...(Array.isArray(Branches) && { Branches: Branches.map((part, i) => unique(part, `${here}${i}/`)) }),
    ...(ItemProcessor !== undefined && { ItemProcessor: unique(ItemProcessor as Block, here) }),
  };
}

export const machines = fc
  .tuple(block(2), fc.option(fc.integer({ min: 20, max: 200 }), { nil: undefined }))
  .map(
    ([whole, TimeoutSeconds]) =>
      ({ ...unique(whole, ''), ...(TimeoutSeconds && { TimeoutSeconds }) }) as unknown as StateMachine,
  );
