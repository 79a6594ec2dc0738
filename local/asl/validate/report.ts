/** A finding of the validator. ERROR means that AWS would refuse the definition. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  /** AWS's code: SCHEMA_VALIDATION_FAILED, MISSING_TRANSITION_TARGET, INVALID_JSONATA_EXPRESSION, NO_DOLLAR, … */
  readonly code: string;
  readonly message: string;
  /** `/States/Inspect/Catch[0]/Next`; absent where the finding is about the whole. */
  readonly location?: string;
  /** The line of the definition's text, from 1. */
  readonly line?: number;
  /** How many characters into a JSONata expression its syntax breaks. */
  readonly position?: number;
}

/** Collects the findings of all checks in the order in which they are made. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];

  add(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  get hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === 'ERROR');
  }
}
