import type { TaskCall } from '../../../engine/types';
import type { Ending, TaskOwner } from '../../../runtime/dispatch';
import type { Caller } from '../../aws';
import { executionTrace } from '../../metering/trace';
import type { RoleSession } from '../../role-session';
import { executionSession } from '../session';

/** Who makes a task's call, as far as calls that belong to it need to know: the looks at its job. */
export interface JobCaller {
  readonly signal: AbortSignal;
  readonly role: RoleSession | undefined;
}

/** Its signal and its role are made when somebody asks for them. */
export class TaskCaller implements Caller, JobCaller {
  readonly via = 'states';
  readonly isWork = true;
  readonly trace: string;

  constructor(
    private readonly owner: TaskOwner,
    private readonly ending: Ending,
    private readonly task: TaskCall,
  ) {
    this.trace = executionTrace(owner.arn, owner.traceHeader);
  }

  get role(): RoleSession | undefined {
    return executionSession(this.owner, this.task.credentials);
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }
}
