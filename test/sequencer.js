const { sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Owns the order of the test files where Jest knows no timings, as on a fresh clone. First the one that synthesizes the app, and
 * beside it what does not need it: the others would wait for it. Then those that take longest, so that none of them is left to
 * run alone in the end.
 */
const ORDER = [
  'lib/stacks.test.ts',
  'chaos',
  'conformance',
  'asl',
  'fuzz',
  'e2e',
  'bench',
  'lib',
  'cost',
  'desk',
  'testing',
  'workflows',
];

class InOrder extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration != null)) return sorted;
    return [...sorted].sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ path, context }) {
  const file = path.slice(context.config.rootDir.length + 1 + 'test/'.length);
  const place = ORDER.findIndex((entry) => file === entry || file.startsWith(entry + sep));
  return place < 0 ? ORDER.length : place;
}

module.exports = InOrder;
