import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fails, inTurn, type Mock, stateMachine } from '../../local/testing';
import { lowestPercentage, type MachineCoverage, merge } from '../../local/testing/coverage';
import type { CoverageOptions } from '../../local/testing/coverage-run';
import StateMachineCoverage from '../../local/testing/jest-coverage';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

/** One of each kind of point, and more. */
const visit = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: FUNCTION,
      Retry: [
        { ErrorEquals: ['Busy', 'Slow'], MaxAttempts: 1 },
        { ErrorEquals: ['Never'], MaxAttempts: 0 },
      ],
      Catch: [{ ErrorEquals: ['Refused'], Next: 'Sorry' }],
      Next: 'WhichWay',
    },
    WhichWay: {
      Type: 'Choice',
      Choices: [
        { Variable: '$', StringEquals: 'left', Next: 'Home' },
        { Variable: '$', StringEquals: 'west', Next: 'Home' },
      ],
      Default: 'Sorry',
    },
    Home: { Type: 'Succeed' },
    Sorry: { Type: 'Fail' },
  },
};

let root: string;
let stderr: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'stepwright-test-')));
  stderr = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.STEPWRIGHT_COVERAGE;
});

/** Runs state machines as jest's workers would, between a reporter's start and end. */
async function measure(run: () => Promise<unknown>, options: CoverageOptions = {}, scope: object = {}) {
  const reporter = new StateMachineCoverage({ rootDir: root, ...scope }, options);
  reporter.onRunStart();
  await run();
  reporter.onRunComplete();
  return reporter.getLastError()?.message;
}

const written = (file = 'coverage/state-machines.json') => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** Runs the visit once for each answer. */
const visits = async (...answers: Mock[]) => {
  const machine = stateMachine(visit, { name: 'visit' });
  for (const answer of answers) await machine.run({ tasks: { Ask: answer } });
};

const everything = () => visits('left', 'west', 'up', inTurn(fails('Busy'), fails('Never')), fails('Refused'));

describe('what is counted', () => {
  test('are states, transitions, retriers and catchers, each that was reached', async () => {
    await measure(everything);

    expect(written()).toEqual([
      {
        machine: 'visit',
        counts: {
          states: { covered: 4, total: 4 },
          transitions: { covered: 4, total: 4 },
          retriers: { covered: 2, total: 2 },
          catchers: { covered: 1, total: 1 },
        },
        uncovered: [],
      },
    ]);
  });

  test('is what tells two ways to one state apart', async () => {
    await measure(() => visits('left'));

    expect(written()[0].uncovered).toEqual([
      'Ask retries Busy, …',
      'Ask retries Never',
      'Ask -> Sorry on Refused',
      'WhichWay -> Home (rule 2)',
      'WhichWay -> Sorry (default)',
      'Sorry',
    ]);
  });

  test('is one thing over several loads of a definition', async () => {
    await measure(async () => {
      await visits('left');
      await visits('west', fails('Refused'));
    });

    expect(written()).toMatchObject([{ machine: 'visit', counts: { states: { covered: 4, total: 4 } } }]);
  });

  test('are branches and items too, and their ends', async () => {
    const block = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const nested = stateMachine(
      {
        StartAt: 'Both',
        States: {
          Both: { Type: 'Parallel', Branches: [block('Left'), block('Right')], Next: 'Each' },
          Each: { Type: 'Map', ItemsPath: '$', ItemProcessor: block('Item'), End: true },
        },
      },
      { name: 'nested' },
    );
    await measure(() => nested.run());

    expect(written()).toMatchObject([
      { counts: { states: { total: 5, covered: 5 }, transitions: { total: 5, covered: 5 } } },
    ]);
  });

  test('is not the way out of a Parallel that can only fail', async () => {
    const decide = {
      StartAt: 'Wonder',
      States: {
        Wonder: { Type: 'Pass', Next: 'Decided' },
        Decided: { Type: 'Fail', Error: 'Decided' },
      },
    };
    const wait = { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 1, End: true } } };
    const race = stateMachine(
      {
        StartAt: 'Race',
        States: {
          Race: {
            Type: 'Parallel',
            Branches: [wait, decide],
            End: true,
            Catch: [{ ErrorEquals: ['Decided'], Next: 'Done' }],
          },
          Done: { Type: 'Succeed' },
        },
      },
      { name: 'race' },
    );
    await measure(() => race.run());

    expect(written()[0]).toMatchObject({
      counts: { transitions: { covered: 1, total: 2 }, catchers: { covered: 1, total: 1 } },
      uncovered: ['Rest -> end'],
    });
  });
});

describe('the table', () => {
  test('has a line for each state machine, and lists what was not reached', async () => {
    await measure(() => visits('left', 'west', fails('Refused')));

    expect(stderr).toContain('State machine      states   transitions   retriers    catchers\n');
    expect(stderr).toContain('visit           4/4 100 %      3/4 75 %    0/2 0 %   1/1 100 %\n');
    expect(stderr).toMatch(
      /Not covered in visit:\n {2}Ask retries Busy, …\n {2}Ask retries Never\n {2}WhichWay -> Sorry \(default\)\n/,
    );
  });

  test('is left out when no state machine was tested', async () => {
    await measure(async () => {}, { threshold: 100 });

    expect(stderr).toBe('');
  });
});

describe('the threshold', () => {
  test('fails a run that is below it in one count', async () => {
    expect(await measure(() => visits('left', 'west', fails('Refused')), { threshold: 75 })).toBe(
      'The coverage of visit is below 75 %.',
    );
    expect(stderr).toContain('below 75 %');
  });

  test('lets a run pass that meets it', async () => {
    expect(await measure(everything, { threshold: 100 })).toBeUndefined();
  });

  test('is never met by rounding up', () => {
    const points = Array.from({ length: 1000 }, (_, i) => ({ key: `S${i}`, kind: 'states' as const, label: `S${i}` }));
    const covered = points.slice(1).map(({ key }) => key);
    const [long] = merge([{ machine: 'long', points, covered }]);

    expect(lowestPercentage(long as MachineCoverage)).toBe(99);
  });

  test.each([
    { testNamePattern: 'x' },
    { testPathPatterns: { patterns: ['left.test'] } },
    { onlyChanged: true },
    { findRelatedTests: true },
    { shard: { shardIndex: 1 } },
  ])('is not for a run of some tests: %j', async (scope) => {
    expect(await measure(() => visits('left'), { threshold: 100 }, scope)).toBeUndefined();
    expect(written()).toHaveLength(1);
  });
});

describe('a directory of definitions', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'machines'));
    for (const name of ['a', 'b']) writeFileSync(join(root, `machines/${name}.asl.json`), JSON.stringify(visit));
  });

  const tested = () => stateMachine(join(root, 'machines/a.asl.json')).run({ tasks: { Ask: 'left' } });

  test('is measured whole, and nothing else is', async () => {
    const run = () => Promise.all([tested(), visits('left')]);
    expect(await measure(run, { definitions: 'machines', threshold: 1, file: 'out.json' })).toContain('a, b');

    expect(written('out.json')).toMatchObject([
      { machine: 'a', counts: { states: { covered: 3, total: 4 } } },
      { machine: 'b', counts: { states: { covered: 0, total: 4 } } },
    ]);
  });

  test('is not missed by a run of some files', async () => {
    await measure(tested, { definitions: 'machines' }, { testPathPatterns: { patterns: ['a.test'] } });

    expect(written().map(({ machine }: { machine: string }) => machine)).toEqual(['a']);
  });
});

test('jest puts together what its workers reached, and fails by the threshold', async () => {
  const project = resolve(__dirname, '../..');
  writeFileSync(join(root, 'visit.asl.json'), JSON.stringify(visit));
  const file = (name: string, mock: string) =>
    writeFileSync(
      join(root, `${name}.test.js`),
      `const { stateMachine, fails } = require(${JSON.stringify(join(project, 'bin/testing.cjs'))});
       const visit = stateMachine(${JSON.stringify(join(root, 'visit.asl.json'))});
       require('node:fs').writeFileSync('worker-' + process.pid, '');
       test('visit', () => visit.run({ tasks: { Ask: ${mock} } }));`,
    );
  file('left', "'left'");
  file('west', "'west'");
  file('up', "'up'");
  file('refused', "fails('Refused')");
  const config = {
    rootDir: root,
    testEnvironment: 'node',
    transform: {},
    reporters: [[join(project, 'local/testing/jest-reporter.js'), { definitions: '.', threshold: 100 }]],
  };
  writeFileSync(join(root, 'jest.config.cjs'), `module.exports = ${JSON.stringify(config)};`);

  const args = [join(project, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.cjs', '--maxWorkers', '2'];
  const { code, output } = await new Promise<{ code: number; output: string }>((done) => {
    execFile(process.execPath, args, { cwd: root, env: { ...process.env, CI: '1' } }, (error, _, output) => {
      done({ code: Number(error?.code ?? 0), output });
    });
  });

  expect(written()).toMatchObject([
    {
      machine: 'visit',
      counts: { states: { covered: 4 }, transitions: { covered: 4 }, retriers: { covered: 0, total: 2 } },
    },
  ]);
  expect(readdirSync(root).filter((name) => name.startsWith('worker-'))).toHaveLength(2);
  expect(output).toContain('The coverage of visit is below 100 %.');
  expect(code).toBe(1);
}, 60_000);
