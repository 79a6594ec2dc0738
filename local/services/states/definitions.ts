import { invalidDefinitionMessage, validateDefinition } from '../../asl/validate';
import type { ExecutionType } from '../../engine/types';
import { AwsError } from '../aws';
import { pageSize } from './checks';
import type { Input } from './errors';

/** Owns what the API says of a definition: the validator's findings, as CreateStateMachine and ValidateStateMachineDefinition tell them. */

/** Throws InvalidDefinition, naming all errors. */
export function requireValidDefinition(definition: string, type: ExecutionType): void {
  const { result, diagnostics } = validateDefinition(definition, { type });
  if (result === 'FAIL') throw new AwsError('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}

/** ValidateStateMachineDefinition. */
export function validateStateMachineDefinition(input: Input): Input {
  const severity = input.severity ?? 'ERROR';
  const most = pageSize(input);
  const { result, diagnostics } = validateDefinition(input.definition, { type: input.type ?? 'STANDARD' });
  const told = diagnostics.filter((finding) => severity === 'WARNING' || finding.severity === 'ERROR');
  return {
    result,
    diagnostics: told
      .slice(0, most)
      .map(({ severity, code, message, location }) => ({ severity, code, message, location })),
    truncated: told.length > most,
  };
}
