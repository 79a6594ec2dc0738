const { sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Owns the order of the test files where Jest knows no timings, as on a fresh clone: the folders whose files take
 * longest first, so that none of them is left to run alone in the end.
 */
const LONGEST_FIRST = [
  'e2e',
  'chaos',
  'lib',
  'conformance',
  'bench',
  'fuzz',
  'asl',
  'cost',
  'desk',
  'testing',
  'workflows',
];

class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration != null)) return sorted;
    return [...sorted].sort((a, b) => rank(a) - rank(b));
  }
}

function rank({ path, context }) {
  const [folder] = path.slice(context.config.rootDir.length + 1 + 'test/'.length).split(sep);
  const place = LONGEST_FIRST.indexOf(folder);
  return place < 0 ? LONGEST_FIRST.length : place;
}

module.exports = LongestFirst;
