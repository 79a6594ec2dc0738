import { type DeploymentReport, stackPath } from '../../assembly/report';
import type { Fixtures } from '../../cost/report';

const TYPES = {
  alarm: 'AWS::CloudWatch::Alarm',
  dashboard: 'AWS::CloudWatch::Dashboard',
  secret: 'AWS::SecretsManager::Secret',
} as const;

/** What costs by the month in the stack that a state machine is of, with all that it nests, whether it runs here or not. */
export function fixturesOf({ deployed, notRun }: DeploymentReport, machineArn: string): Fixtures {
  const stack = deployed.find(({ ref }) => ref === machineArn)?.stack;
  const rootOf = (name: string) => stackPath(deployed, name)[0];
  const root = stack && rootOf(stack);
  const ofStack = [...deployed, ...notRun].filter((resource) => rootOf(resource.stack) === root);
  const count = (wanted: string) => ofStack.filter(({ type }) => type === wanted).length;
  return Object.fromEntries(Object.entries(TYPES).map(([item, type]) => [item, count(type)]));
}
