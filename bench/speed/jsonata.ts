import { setImmediate } from 'node:timers/promises';
import jsonata from 'jsonata';
import type { Json, JsonObject } from '../../local/asl/json';
import { evaluateExpression } from '../../local/asl/jsonata';
import { median } from './measure';
import { EXPRESSION, goods } from './workloads';

/** How much longer an expression over 1,000 items takes within its bounds than in JSONata alone. */
export async function measureJsonata(): Promise<{ readonly timesJsonataAlone: number; readonly cpuMsEach: number }> {
  const bare = jsonata(EXPRESSION);
  const states: JsonObject = { input: { items: goods as unknown as Json }, context: {} };
  const scope = {
    input: states.input as Json,
    context: {},
    variables: {},
    states,
    now: 0,
    random: Math.random,
    uuid: () => '',
  };
  const alone = () => bare.evaluate(undefined, { states });
  const bounded = () => evaluateExpression(EXPRESSION, scope, 'Output');
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    // Otherwise nothing else is heard for seconds, not even a Ctrl-C.
    await setImmediate();
    const [without, within] = [await cpuMs(alone), await cpuMs(bounded)];
    // The first warm up.
    if (round < 3) continue;
    ratios.push(within / without);
    times.push(within);
  }
  return { timesJsonataAlone: median(ratios), cpuMsEach: median(times) };
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < 40; i += 1) await work();
  return process.cpuUsage(before).user / 1000 / 40;
}
