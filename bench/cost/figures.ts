import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CostReport } from '../../local/cost/report';

/**
 * Owns the figures that are kept: US dollars for a million executions, by workflow and kind. A test compares them with
 * what the workflows cost today.
 */
export type Figures = Readonly<Record<string, { readonly standard: number; readonly express?: number }>>;

export const FIGURES_FILE = join(__dirname, 'figures.json');

/** How far a cost may be from its figure. */
export const TOLERANCE = 0.05;

export function figuresOf(reports: readonly CostReport[]): Figures {
  const cents = (dollars: number) => Math.round(dollars * 1e8) / 100;
  return Object.fromEntries(
    reports.map(({ workflow, standard, express }) => [
      workflow,
      { standard: cents(standard.total), ...(express && { express: cents(express.total) }) },
    ]),
  );
}

export function readFigures(): Figures {
  return JSON.parse(readFileSync(FIGURES_FILE, 'utf8'));
}

/** What differs from the kept figures by more than is allowed, in words; nothing when all is as it was. */
export function differences(kept: Figures, now: Figures): string[] {
  return Object.entries(now).flatMap(([workflow, kinds]) =>
    Object.entries(kinds).flatMap(([kind, dollars]) => {
      const before = kept[workflow]?.[kind as 'standard' | 'express'];
      if (before !== undefined && Math.abs(dollars - before) <= before * TOLERANCE) return [];
      const was = before === undefined ? 'has no figure' : `was $${before}`;
      return [`${workflow} (${kind}) ${was}, is $${dollars} for a million: if it may, run 'npm run cost'.`];
    }),
  );
}
