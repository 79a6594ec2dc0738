import { answers } from './answers';
import { cloud } from './cloud/kill';
import { damage } from './damage';
import { disk } from './disk';
import { functions } from './functions';
import { kill } from './kill';
import { power } from './power/cut';
import { soak } from './soak';
import { time } from './time';
import type { Scenario } from './trial';
import { waiting } from './waiting';

/** All scenarios of `npm run chaos`, in their order. */
export const SCENARIOS: readonly Scenario[] = [
  kill,
  cloud,
  power,
  disk,
  damage,
  answers,
  time,
  waiting,
  functions,
  soak,
];
