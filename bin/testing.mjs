/** `stepwright/testing` for ES modules: the same module that `require` gets. */
import { createRequire } from 'node:module';

export const { fails, inTurn, stateMachine, stateMachineOf, times, waits } = createRequire(import.meta.url)(
  './testing.cjs',
);
