/** The state machine of the load: each way an execution can wait, and each kind of transition around it. */
export const orderMachine = (activityArn: string) => ({
  StartAt: 'Charge',
  States: {
    Charge: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'charge', Payload: { 'order.$': '$$.Execution.Name' } },
      ResultSelector: { 'receipt.$': '$.Payload.receipt' },
      ResultPath: '$.charge',
      Next: 'Approve',
    },
    Approve: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: 'approve',
        Payload: { 'token.$': '$$.Task.Token', 'order.$': '$$.Execution.Name' },
      },
      ResultPath: '$.approval',
      Next: 'Prepare',
    },
    Prepare: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Cool',
          States: { Cool: { Type: 'Wait', Seconds: WAITS.Cool, Next: 'Cooled' }, Cooled: { Type: 'Pass', End: true } },
        },
        {
          StartAt: 'Items',
          States: {
            Items: {
              Type: 'Map',
              ItemsPath: '$.items',
              ItemProcessor: { StartAt: 'Pack', States: { Pack: { Type: 'Pass', End: true } } },
              End: true,
            },
          },
        },
      ],
      ResultPath: null,
      Next: 'Inspect',
    },
    Inspect: {
      Type: 'Task',
      Resource: activityArn,
      TimeoutSeconds: 3600,
      HeartbeatSeconds: 60,
      Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1000, BackoffRate: 1 }],
      ResultPath: '$.inspection',
      Next: 'Settle',
    },
    Settle: { Type: 'Wait', Seconds: WAITS.Settle, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
});

export const ITEMS = [1, 2, 3];

/** How often each state is entered in an execution that succeeds. */
export const ENTERED: Readonly<Record<string, number>> = {
  Charge: 1,
  Approve: 1,
  Prepare: 1,
  Cool: 1,
  Cooled: 1,
  Items: 1,
  Pack: ITEMS.length,
  Inspect: 1,
  Settle: 1,
  Done: 1,
};

/** What its Wait states wait, in seconds. */
export const WAITS: Readonly<Record<string, number>> = { Cool: 2, Settle: 3 };
