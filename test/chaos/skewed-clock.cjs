/** Loaded into a process under test: shifts the machine's clock by the ms that stand in the file CHAOS_SKEW, as soon as they do. */
const { readFileSync } = require('node:fs');

const now = Date.now;
let skew = 0;
let looked = Number.NEGATIVE_INFINITY;
Date.now = () => {
  if (performance.now() - looked > 20) {
    looked = performance.now();
    skew = Number(readFileSync(process.env.CHAOS_SKEW, 'utf8'));
  }
  return now() + skew;
};
