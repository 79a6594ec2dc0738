import type { GivenParameter } from '../assembly/given-parameters';
import { UsageError } from './command';

/**
 * Reads `--parameter Name=Value` or `Stack:Name=Value`, as `cdk deploy --parameters` takes them.
 * @throws UsageError for what has another form
 */
export function parameterOption(text: string): GivenParameter {
  const [, stack, name, value] = /^(?:([A-Za-z][A-Za-z0-9-]*):)?([A-Za-z0-9]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // The value may be a secret that was mistyped.
    throw new UsageError('--parameter wants Name=Value or Stack:Name=Value.');
  }
  return { stack, name, value };
}
