import { CommandFailure } from './command';

/**
 * The one of `machines` that `wanted` names: its whole name, or a part that no other has; letters and digits count, in
 * any case.
 * @param noun what there is none of
 * @throws CommandFailure listing what there is
 */
export function chooseWorkflow<T extends { readonly name: string }>(
  wanted: string,
  machines: readonly T[],
  noun = 'state machine',
): T {
  const key = plain(wanted);
  const exact = machines.filter(({ name }) => plain(name) === key);
  const found = exact.length > 0 ? exact : machines.filter(({ name }) => plain(name).includes(key));
  const [machine] = found;
  if (key !== '' && machine && found.length === 1) return machine;
  if (machines.length === 0) throw new CommandFailure('The local cloud runs no state machine.');
  const several = found.length > 1 && key !== '';
  const listed = (several ? found : machines).map(({ name }) => `\n  ${name}`).join('');
  throw new CommandFailure(
    several ? `'${wanted}' may be any of:${listed}` : `There is no ${noun} '${wanted}'. There are:${listed}`,
  );
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
