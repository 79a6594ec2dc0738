/** Tests of state machines: docs/testing.md. */
export type { TestExecution } from './execution';
export { fails, inTurn, type Mock, type Mocks, times, waits } from './mocks';
export { type StartOptions, type StateMachineUnderTest, stateMachine, stateMachineOf } from './state-machine';
export type { OpenTask } from './task';
export type { Duration } from './time';
