import { main } from '../command/command';
import { count, httpUrl, oneOf, seconds } from '../command/options';
import { Endpoint } from './client';
import { driver, quantile } from './measure';
import { WORKLOADS, type Workload } from './workloads';

const options = {
  url: httpUrl("of a running 'stepwright sfn'", 'http://127.0.0.1:8083'),
  workload: oneOf('NAME', `one of ${Object.keys(WORKLOADS).join(', ')}`, Object.keys(WORKLOADS)),
  callers: count('callers at a time', 16),
  seconds: seconds('for how many seconds', 20),
};

/** Lets callers run a workload of the benchmark on a server that is there, to be watched meanwhile (docs/performance.md). */
void main({
  call: 'node --import tsx bench/speed/drive.ts',
  about: `
Runs a workload of 'npm run bench' on a server that is there, so that it can be profiled meanwhile, and prints how many
executions a second it made. Ends with 0 after --seconds, with 1 for a failure or a wrong output, with 2 for a wrong command
line.`,
  options,
  async run({ url, workload, callers, seconds }) {
    const endpoint = new Endpoint(url);
    const { run, end } = await driver({ name: url, endpoint }, WORKLOADS[workload] as Workload, callers);
    const { times, took } = await run(seconds);
    end();
    const [rate, p50, p99] = [times.length / took, quantile(times, 0.5), quantile(times, 0.99)];
    process.stdout.write(`${rate.toFixed(0)} a second, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms\n`);
    return 0;
  },
});
