/** What one scenario found: figures, and each breach of the promise in a sentence. */
export interface Finding {
  readonly scenario: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly breaches: readonly string[];
}

/** As many breaches as are told; what is behind the first few is mostly the same. */
const MOST_TOLD = 10;

export class Breaches {
  readonly list: string[] = [];
  #more = 0;

  add(sentence: string): void {
    if (this.list.length < MOST_TOLD) this.list.push(sentence);
    else this.#more += 1;
  }

  /** Adds the sentence unless the condition holds. */
  expect(condition: boolean, sentence: () => string): void {
    if (!condition) this.add(sentence());
  }

  all(): string[] {
    return this.#more > 0 ? [...this.list, `and ${this.#more} more`] : this.list;
  }
}

/** The value below which so much of `values` lies: 0.99 for p99. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

export function rounded(figures: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]));
}

/** A table of findings, one line for each. */
export function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ scenario }) => scenario.length));
  const lines = findings.map(({ scenario, figures, breaches }) => {
    const told = Object.entries(figures).map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`);
    const verdict = breaches.length === 0 ? 'kept  ' : 'BROKEN';
    return [`${scenario.padEnd(width)}  ${verdict}  ${told.join(', ')}`, ...breaches.map((text) => `  ! ${text}`)];
  });
  return `${lines.flat().join('\n')}\n`;
}
