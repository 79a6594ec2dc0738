import type { MapRunSpec } from '../engine/map-run';
import type { ExecutionStatus, TaskNumber } from '../engine/types';
import type { Store } from './store';

/**
 * Owns what is stored of map runs: their rows, and one row for each child execution, from the moment its input is known.
 * The children's own course is in the journal of executions; a child's status here may lag behind it by a crash.
 */
export class MapRunJournal {
  constructor(private readonly store: Store) {
    store.schema(SCHEMA);
  }

  insert(run: Omit<StoredMapRun, 'row'>): StoredMapRun {
    const { arn, execution, status, startedAt, ...body } = run;
    const row = this.store.run(
      'INSERT INTO map_runs (arn, execution, status, started_at, body) VALUES (?, ?, ?, ?, ?)',
      arn,
      execution,
      status,
      startedAt,
      JSON.stringify(body),
    );
    return { row, ...run };
  }

  update({ row, arn, execution, status, startedAt, ...body }: StoredMapRun): void {
    this.store.run('UPDATE map_runs SET status = ?, body = ? WHERE row = ?', status, JSON.stringify(body), row);
  }

  find(arn: string): StoredMapRun | undefined {
    const row = this.store.get<MapRunRow>('SELECT * FROM map_runs WHERE arn = ?', arn);
    return row && fromRow(row);
  }

  /** The map runs of an execution, oldest first. */
  ofExecution(arn: string): StoredMapRun[] {
    return this.store.all<MapRunRow>('SELECT * FROM map_runs WHERE execution = ? ORDER BY row', arn).map(fromRow);
  }

  /** Those that run, and those that have ended with children that may still run. */
  unsettled(): StoredMapRun[] {
    return this.store
      .all<MapRunRow>(
        `SELECT * FROM map_runs WHERE status = 'RUNNING'
         OR row IN (SELECT run FROM map_children WHERE status = 'RUNNING') ORDER BY row`,
      )
      .map(fromRow);
  }

  addChild(run: number, { index, input, items }: { index: number; input: string; items: number }): void {
    this.store.run(
      "INSERT INTO map_children (run, idx, input, items, status) VALUES (?, ?, ?, ?, 'PENDING')",
      run,
      index,
      input,
      items,
    );
  }

  removeChildren(run: number): void {
    this.store.run('DELETE FROM map_children WHERE run = ?', run);
  }

  setChild(run: number, index: number, status: ChildStatus, arn?: string): void {
    this.store.run(
      'UPDATE map_children SET status = ?, arn = coalesce(?, arn) WHERE run = ? AND idx = ?',
      status,
      arn ?? null,
      run,
      index,
    );
  }

  /** What did not succeed is to be run again. */
  markForRedrive(run: number): void {
    this.store.run(
      `UPDATE map_children SET status = 'PENDING_REDRIVE'
       WHERE run = ? AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED')`,
      run,
    );
  }

  /** Up to `limit` children from `from` on, in the order of their items; of the given statuses only, if there are. */
  children(run: number, from: number, limit: number, statuses: readonly ChildStatus[] = []): StoredChild[] {
    const filter = statuses.length > 0 ? `AND status IN (${statuses.map(() => '?').join(', ')})` : '';
    return this.store
      .all<Omit<StoredChild, 'index' | 'arn'> & { idx: number; arn: string | null }>(
        `SELECT idx, input, items, status, arn FROM map_children WHERE run = ? AND idx >= ? ${filter} ORDER BY idx LIMIT ?`,
        run,
        from,
        ...statuses,
        limit,
      )
      .map(({ idx, arn, ...child }) => ({ index: idx, ...child, ...(arn !== null && { arn }) }));
  }

  /** How many children there are of each status, and how many items they have. */
  counts(run: number): Array<{ status: ChildStatus; executions: number; items: number }> {
    return this.store.all(
      'SELECT status, COUNT(*) AS executions, SUM(items) AS items FROM map_children WHERE run = ? GROUP BY status',
      run,
    );
  }
}

export type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
export type ChildStatus = 'PENDING' | ExecutionStatus;

export interface StoredMapRun {
  readonly row: number;
  readonly arn: string;
  /** The arn of the execution that it belongs to. */
  readonly execution: string;
  readonly startedAt: number;
  /** Of the children. */
  readonly machineArn: string;
  readonly machineName: string;
  /** The number by which the parent waits for it. */
  task: TaskNumber;
  status: MapRunStatus;
  stoppedAt?: number;
  /** Without the items, which are children once they are read. */
  readonly spec: Omit<MapRunSpec, 'items' | 'keys'>;
  /** Whether all items have been read. */
  loaded: boolean;
  /** As given, or changed by UpdateMapRun. */
  limits: MapRunLimits;
  redriveCount: number;
  redrivenAt?: number;
  /** What the parent is told; stored before it is. */
  outcome?: { output: string } | { error: string; cause?: string };
  /** Whose results stand in the output or in files. */
  written: { executions: number; items: number };
}

export interface MapRunLimits {
  /** 0 for as many as possible. */
  maxConcurrency: number;
  toleratedCount?: number;
  toleratedPercentage?: number;
}

/** A child execution, begun or not. */
export interface StoredChild {
  readonly index: number;
  readonly input: string;
  readonly items: number;
  readonly status: ChildStatus;
  readonly arn?: string;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS map_runs (
  row INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  execution TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS map_runs_by_execution ON map_runs (execution, row);
CREATE INDEX IF NOT EXISTS map_runs_running ON map_runs (row) WHERE status = 'RUNNING';
CREATE TABLE IF NOT EXISTS map_children (
  run INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  input TEXT NOT NULL,
  items INTEGER NOT NULL,
  status TEXT NOT NULL,
  arn TEXT,
  PRIMARY KEY (run, idx)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS map_children_running ON map_children (run) WHERE status = 'RUNNING';
`;

interface MapRunRow {
  row: number;
  arn: string;
  execution: string;
  status: MapRunStatus;
  started_at: number;
  body: string;
}

function fromRow({ row, arn, execution, status, started_at, body }: MapRunRow): StoredMapRun {
  return { row, arn, execution, status, startedAt: started_at, ...JSON.parse(body) };
}
