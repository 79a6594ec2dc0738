import type { Cloud } from '../assembly/cloud';
import type { ControlCommands } from '../console/control';
import type { UnusedOfRole } from '../services/iam/permissions';

/** What roles of a running local cloud may do, as its commands answer it. */
export interface RolesReport {
  /** Of all roles that the stacks make. */
  readonly roles: readonly UnusedOfRole[];
}

/** The command by which `stepwright roles` asks; it answers a `RolesReport`. */
export function rolesControl({ permissions }: Cloud): ControlCommands {
  return {
    async 'roles-unused'() {
      if (!permissions) throw new Error("it does not look at what roles may do ('--iam off').");
      return { roles: permissions.unused() } satisfies RolesReport;
    },
  };
}
