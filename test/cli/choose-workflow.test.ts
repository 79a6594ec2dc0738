import { chooseWorkflow } from '../../local/cli/choose-workflow';

const MACHINES = ['Stepwright-LibraryLoan-3f2a', 'Stepwright-GameLevelComplete-9c1b', 'Loan'].map((name) => ({ name }));
const choose = (wanted: string) => chooseWorkflow(wanted, MACHINES).name;

test.each([
  ['library-loan', 'Stepwright-LibraryLoan-3f2a'],
  ['LibraryLoan', 'Stepwright-LibraryLoan-3f2a'],
  ['GAME', 'Stepwright-GameLevelComplete-9c1b'],
  ['Stepwright-LibraryLoan-3f2a', 'Stepwright-LibraryLoan-3f2a'],
])('%s is %s', (wanted, name) => {
  expect(choose(wanted)).toBe(name);
});

test('a whole name is meant rather than a part', () => {
  expect(choose('loan')).toBe('Loan');
});

test('what is ambiguous or unknown is answered with what there is', () => {
  expect(() => choose('stepwright')).toThrow(
    "'stepwright' may be any of:\n  Stepwright-LibraryLoan-3f2a\n  Stepwright-GameLevelComplete-9c1b",
  );
  expect(() => choose('chess')).toThrow(
    "There is no state machine 'chess'. There are:\n  Stepwright-LibraryLoan-3f2a\n",
  );
  expect(() => choose('--')).toThrow("There is no state machine '--'.");
  expect(() => chooseWorkflow('x', [])).toThrow('The local cloud runs no state machine.');
});
