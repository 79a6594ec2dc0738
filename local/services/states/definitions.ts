import { invalidDefinitionMessage, validateDefinition } from '../../asl/validate';
import type { ExecutionType } from '../../engine/types';
import { AwsError } from '../aws';
import { oneOf, pageSize, requireText } from './checks';
import type { Input } from './errors';

/** Owns what the API says of a definition: the validator's findings, as CreateStateMachine and ValidateStateMachineDefinition tell them. */

/** Throws InvalidDefinition, naming all errors. */
export function requireValidDefinition(definition: string, type: ExecutionType): void {
  const { result, diagnostics } = validateDefinition(definition, { type });
  if (result === 'FAIL') throw new AwsError('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}

/** ValidateStateMachineDefinition. */
export function validateStateMachineDefinition(input: Input): Input {
  const definition = requireText(input, 'definition', { least: 0, most: 1_048_576 });
  const type = oneOf(input, 'type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD';
  const severity = oneOf(input, 'severity', ['ERROR', 'WARNING']) ?? 'ERROR';
  const most = pageSize(input);
  const { result, diagnostics } = validateDefinition(definition, { type });
  const told = diagnostics.filter((finding) => severity === 'WARNING' || finding.severity === 'ERROR');
  return {
    result,
    diagnostics: told
      .slice(0, most)
      .map(({ severity, code, message, location }) => ({ severity, code, message, location })),
    truncated: told.length > most,
  };
}
