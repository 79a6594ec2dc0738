/** Loaded into each process under test: it does not outlive the chaos run that started it, not even one that was killed. */
const { isMainThread } = require('node:worker_threads');

const parent = process.ppid;
if (isMainThread) {
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 1000).unref();
}
