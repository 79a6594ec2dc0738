import type { Store } from '../../runtime/store';
import type { Datum } from './statistics';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What identifies a metric: every combination of these is a series of its own. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

interface DatumRow {
  at: number;
  unit: string;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  samples: string | null;
}

/** Owns the tables of metrics and their data. */
export class MetricStore {
  constructor(private readonly store: Store) {
    store.schema(`
      CREATE TABLE IF NOT EXISTS metric_series (
        id INTEGER PRIMARY KEY,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        dimensions TEXT NOT NULL,
        UNIQUE (namespace, name, dimensions)
      );
      CREATE TABLE IF NOT EXISTS metric_datum (
        series INTEGER NOT NULL,
        at INTEGER NOT NULL,
        unit TEXT NOT NULL,
        count REAL NOT NULL,
        sum REAL NOT NULL,
        minimum REAL NOT NULL,
        maximum REAL NOT NULL,
        samples TEXT
      );
      CREATE INDEX IF NOT EXISTS metric_datum_by_time ON metric_datum (series, at);
    `);
  }

  /** Durable once `store.durable()` resolves. */
  add(metric: Metric, datum: Datum): void {
    this.store.run(
      'INSERT INTO metric_datum (series, at, unit, count, sum, minimum, maximum, samples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      this.#seriesFor(metric),
      datum.at,
      datum.unit,
      datum.count,
      datum.sum,
      datum.minimum,
      datum.maximum,
      datum.samples ? JSON.stringify(datum.samples) : null,
    );
  }

  /** The data of one metric, exactly these dimensions, from `start` until before `end`, in the order of time. */
  data(metric: Metric, start: number, end: number): Datum[] {
    const series = this.#series(metric);
    if (series === undefined) return [];
    const rows = this.store.all<DatumRow>(
      'SELECT at, unit, count, sum, minimum, maximum, samples FROM metric_datum WHERE series = ? AND at >= ? AND at < ? ORDER BY at',
      series,
      start,
      end,
    );
    return rows.map(({ samples, ...datum }) => ({
      ...datum,
      ...(samples !== null && { samples: JSON.parse(samples) }),
    }));
  }

  /** All metrics, in a stable order. */
  metrics(): Metric[] {
    return this.store
      .all<{ namespace: string; name: string; dimensions: string }>(
        'SELECT namespace, name, dimensions FROM metric_series ORDER BY namespace, name, dimensions',
      )
      .map(({ namespace, name, dimensions }) => ({ namespace, name, dimensions: JSON.parse(dimensions) }));
  }

  #seriesFor(metric: Metric): number {
    const known = this.#series(metric);
    if (known !== undefined) return known;
    const { namespace, name } = metric;
    this.store.run(
      'INSERT INTO metric_series (namespace, name, dimensions) VALUES (?, ?, ?)',
      namespace,
      name,
      dimensionsKey(metric),
    );
    return this.#series(metric) as number;
  }

  #series(metric: Metric): number | undefined {
    return this.store.get<{ id: number }>(
      'SELECT id FROM metric_series WHERE namespace = ? AND name = ? AND dimensions = ?',
      metric.namespace,
      metric.name,
      dimensionsKey(metric),
    )?.id;
  }
}

/** The order of dimensions does not matter. */
function dimensionsKey({ dimensions }: Metric): string {
  const sorted = dimensions.map(({ Name, Value }) => ({ Name, Value })).sort((a, b) => (a.Name < b.Name ? -1 : 1));
  return JSON.stringify(sorted);
}
