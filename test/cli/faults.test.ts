import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { capture } from './capture';

test.each([
  ['nope', "There is no 'faults nope': it is add SERVICE[:OPERATION], remove NUMBER or clear."],
  ['remove', 'NUMBER is missing.'],
  ['remove x', "NUMBER is one of the list's, not 'x'."],
  ['clear all', "Unexpected argument 'all'."],
  ['add', 'SERVICE[:OPERATION] is missing.'],
  ['add s3: --error X', "'s3:' is not SERVICE or SERVICE:OPERATION, as s3:PutObject is."],
  ['add s3', 'What happens is missing: --error CODE, --delay DURATION or both.'],
  ['add s3 --delay 1s --message m', '--message and --status are of an --error.'],
  ['add s3 --error no!', "--error wants a code of AWS's, such as SlowDown, not 'no!'."],
  ['add s3 --error S3.SlowDown', "--error wants the service's own code, 'SlowDown', without 'S3.' before it."],
  ['add s3 --error X --status 200', "--status wants a whole number from 400 to 599, not '200'."],
  ['add s3 --error X --times 0', "--times wants a whole number from 1 to 999999999, not '0'."],
  ['add s3 --error X --probability 2', "--probability wants a number above 0 and up to 1, not '2'."],
  ['add s3 --error X --where []', `--where wants a JSON object, such as '{"Bucket":"reports"}', not '[]'.`],
  ['add s3 --delay 0s', "--delay wants 1ms to 15m, not '0s'."],
  ['add s3 --delay 1h', "--delay wants 1ms to 15m, not '1h'."],
  ['add s3 --delay long', "'long' is not a duration: write 14d, 3h30m, 1w or 90s, in whole numbers and one word."],
])('faults %s is refused', async (words, message) => {
  const { code, stderr } = await capture(() => main(['faults', ...words.split(' ')], localCommands));
  expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 2, first: `stepwright: ${message}` });
});
