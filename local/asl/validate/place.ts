import type { QueryLanguage } from '../model';
import type { Report } from './report';

/** What applies to a part of the definition beyond its own fields. */
export interface Surroundings {
  readonly report: Report;
  /** Of the state that the part belongs to. */
  readonly language: QueryLanguage;
  /** Of the whole machine: what states in blocks inherit. */
  readonly machineLanguage: QueryLanguage;
  /** EXPRESS also inside a distributed Map that starts express child executions. */
  readonly type: 'STANDARD' | 'EXPRESS';
  /** Fields of `$states` that exist here besides `input` and `context`. */
  readonly statesFields: readonly string[];
  /** Why a resource is not run where the definition is to run. */
  readonly notRunHere: ((resource: string) => string | undefined) | undefined;
}

/** A spot in the definition: knows its location and what surrounds it, and takes what is found wrong there. */
export class Place implements Surroundings {
  readonly report: Report;
  readonly language: QueryLanguage;
  readonly machineLanguage: QueryLanguage;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly statesFields: readonly string[];
  readonly notRunHere: Surroundings['notRunHere'];

  constructor(
    surroundings: Surroundings,
    /** '' for the definition itself. */
    private readonly path = '',
  ) {
    this.report = surroundings.report;
    this.language = surroundings.language;
    this.machineLanguage = surroundings.machineLanguage;
    this.type = surroundings.type;
    this.statesFields = surroundings.statesFields;
    this.notRunHere = surroundings.notRunHere;
  }

  get location(): string {
    return this.path || '/';
  }

  field(name: string): Place {
    return new Place(this, `${this.path}/${name}`);
  }

  item(index: number): Place {
    return new Place(this, `${this.path}[${index}]`);
  }

  with(changes: Partial<Surroundings>): Place {
    return new Place({ ...this.surroundings(), ...changes }, this.path);
  }

  error(message: string, code = 'SCHEMA_VALIDATION_FAILED', extra: { position?: number } = {}): void {
    this.report.add({ severity: 'ERROR', code, message, location: this.location, ...extra });
  }

  warn(message: string, code: string): void {
    this.report.add({ severity: 'WARNING', code, message, location: this.location });
  }

  /** Warns if a resource that AWS knows is not run here. */
  checkRuns(resource: string): void {
    const reason = this.notRunHere?.(resource);
    if (reason !== undefined) this.warn(reason, 'NOT_RUN_HERE');
  }

  private surroundings(): Surroundings {
    const { report, language, machineLanguage, type, statesFields, notRunHere } = this;
    return { report, language, machineLanguage, type, statesFields, notRunHere };
  }
}
