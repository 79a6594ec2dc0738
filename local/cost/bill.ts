import type { Price, PriceTable } from './prices';
import { splitMeter, type Usage } from './usage';

/** Owns what a usage costs: one line for each meter that has a price. Pure. */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** US dollars. */
  readonly total: number;
}

export interface BillLine {
  readonly meter: string;
  readonly service: string;
  readonly item: string;
  /** In the units that are priced. */
  readonly quantity: number;
  /** US dollars for a million units (for one where that is the custom), at the list's first tier. */
  readonly dollars: number;
  readonly per: number;
  /** US dollars. */
  readonly amount: number;
}

export interface BillOptions {
  /** Take the amounts for those of a whole month: larger ones are cheaper where the list says so. */
  readonly month?: boolean;
  /** Take off what is free in every month. */
  readonly freeTier?: boolean;
}

/** The lines are in the table's order; meters without a price cost nothing. */
export function billOf(usage: Usage, table: PriceTable, options: BillOptions = {}): Bill {
  const amounts = new Map<string, number>();
  for (const [key, amount] of Object.entries(usage)) {
    const { meter } = splitMeter(key);
    amounts.set(meter, (amounts.get(meter) ?? 0) + amount);
  }
  const lines = Object.entries(table.prices).flatMap(([meter, price]) => {
    const amount = amounts.get(meter);
    return amount ? [lineOf(meter, price, amount / (price.unit ?? 1), options)] : [];
  });
  return { lines, total: lines.reduce((sum, { amount }) => sum + amount, 0) };
}

function lineOf(meter: string, price: Price, quantity: number, { month, freeTier }: BillOptions): BillLine {
  const { service, item, dollars, per } = price;
  const free = month && freeTier ? (price.free ?? 0) : 0;
  const billed = Math.max(0, quantity - free);
  const amount = month ? tiered(billed, price) : (billed * dollars) / per;
  return { meter, service, item, quantity, dollars, per, amount };
}

/** Each tier's price holds for what lies in it. */
function tiered(quantity: number, { dollars, per, tiers = [] }: Price): number {
  const steps = [{ from: 0, dollars }, ...tiers];
  return steps.reduce((sum, step, index) => {
    const upTo = steps[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const within = Math.max(0, Math.min(quantity, upTo) - step.from);
    return sum + (within * step.dollars) / per;
  }, 0);
}
