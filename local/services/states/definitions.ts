import { type Diagnostic, invalidDefinitionMessage, type Validation, validateDefinition } from '../../asl/validate';
import type { ExecutionType } from '../../engine/types';
import { AwsError, type AwsServices } from '../aws';
import { pageSize } from './checks';
import type { Input } from './errors';
import { notRunHere } from './integrations/availability';

/**
 * Owns what the API says of a definition: the validator's findings, as CreateStateMachine and
 * ValidateStateMachineDefinition tell them, and with them which integrations AWS runs and the local cloud does not.
 */
export class Definitions {
  constructor(
    private readonly aws: AwsServices,
    private readonly onWarnings: (stateMachineArn: string, warnings: readonly Diagnostic[]) => void = () => {},
  ) {}

  /** Answers the warnings. Throws InvalidDefinition, naming all errors. */
  require(definition: string, type: ExecutionType): readonly Diagnostic[] {
    return accepted(this.#check(definition, type));
  }

  /** Tells whoever listens what is to be said of a state machine that was created or changed. */
  warn(stateMachineArn: string, warnings: readonly Diagnostic[]): void {
    if (warnings.length > 0) this.onWarnings(stateMachineArn, warnings);
  }

  /** ValidateStateMachineDefinition. */
  validate(input: Input): Input {
    const severity = input.severity ?? 'ERROR';
    const most = pageSize(input);
    const { result, diagnostics } = this.#check(input.definition, input.type ?? 'STANDARD');
    const told = diagnostics.filter((finding) => severity === 'WARNING' || finding.severity === 'ERROR');
    return {
      result,
      diagnostics: told
        .slice(0, most)
        .map(({ severity, code, message, location }) => ({ severity, code, message, location })),
      truncated: told.length > most,
    };
  }

  #check(definition: string, type: ExecutionType) {
    return validateDefinition(definition, { type, notRunHere: (resource) => notRunHere(this.aws, resource) });
  }
}

/** Throws InvalidDefinition, naming all errors. */
export function requireValidDefinition(definition: string, type: ExecutionType): void {
  accepted(validateDefinition(definition, { type }));
}

function accepted({ result, diagnostics }: Validation): readonly Diagnostic[] {
  if (result === 'FAIL') throw new AwsError('InvalidDefinition', invalidDefinitionMessage(diagnostics));
  return diagnostics;
}
