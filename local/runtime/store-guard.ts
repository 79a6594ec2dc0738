import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type Database from 'libsql';
import { failPoint } from './fail-point';
import { type PageSums, pageSum } from './page-sums';
import { logFileOf, type SoundStore } from './store-inspection';
import { LogFollower } from './write-ahead-log';

/** Frames in the log at which they are moved into the database file: as SQLite itself would do it. */
const CHECKPOINT_FRAMES = 1000;

/**
 * Owns that damage to the store is found when it is opened next: it follows the write-ahead log, keeps the page sums and
 * the mark true (P1, P2), and makes the checkpoints, which therefore SQLite must not make by itself.
 *
 * And when the log is durable: with `synchronous = NORMAL` a commit has written the log and not synced it. SQLite keeps
 * log and database in order by syncs of its own around a checkpoint, so that the machine's end loses at most what was
 * committed since the last sync. That sync is made here, by a thread of libuv, while ours goes on.
 */
export class StoreGuard {
  readonly #log: LogFollower;
  readonly #logFile: number;
  readonly #sums: PageSums;
  readonly #checkpoint: Database.Statement;
  readonly #page: Buffer;
  #dueAt = CHECKPOINT_FRAMES;

  /** @param db in WAL mode, just opened; what its log holds is moved into the database file at once */
  constructor(db: Database.Database, file: string, { sums, log, isNew }: SoundStore) {
    const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number };
    this.#checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#logFile = openSync(logFileOf(file), 'r+');
    this.#log = new LogFollower(this.#logFile, pageSize, log);
    this.#sums = sums;
    this.#page = Buffer.alloc(pageSize);
    if (isNew) this.#log.advance();
    this.checkpoint();
    // Frames of a transaction that never ended may lie in the log, and must not be taken for what is written next.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Call after each commit. */
  committed(): void {
    this.#log.advance();
  }

  /** Calls back when all that was committed is on disk, and may be acknowledged. One at a time. */
  sync(done: (error: Error | null) => void): void {
    const { salts, frames } = this.#log;
    failPoint?.('before-sync');
    fdatasync(this.#logFile, (failure) => {
      failPoint?.('after-sync');
      try {
        if (!failure) this.#sums.setMark(frames > 0 ? { salts, frames } : undefined);
      } catch (error) {
        return done(error as Error);
      }
      done(failure);
    });
  }

  get isCheckpointDue(): boolean {
    return this.#log.frames >= this.#dueAt;
  }

  /**
   * Moves what was committed into the database file, once its sums are on disk, and the log before them: a page that has a newer sum
   * than the database file is sound only for as long as the log has it. Not within a transaction.
   * Answers whether all of it is there.
   */
  checkpoint(): boolean {
    const entries: Array<[page: number, sum: number]> = [];
    for (const [page, frame] of this.#log.pages) {
      this.#log.read(frame, this.#page);
      entries.push([page, pageSum(page, this.#page)]);
    }
    if (entries.length > 0) fdatasyncSync(this.#logFile);
    this.#sums.append(entries);
    failPoint?.('before-checkpoint');
    const { log, checkpointed } = this.#checkpoint.get() as { log: number; checkpointed: number };
    failPoint?.('after-checkpoint');
    if (log !== checkpointed) {
      // Somebody reads what an older frame holds; tried again when there is more.
      this.#dueAt = this.#log.frames + CHECKPOINT_FRAMES;
      return false;
    }
    this.#dueAt = CHECKPOINT_FRAMES;
    this.#sums.unmark();
    this.#log.forget();
    return true;
  }

  /** Lets go of the log. The sums are their opener's. */
  close(): void {
    closeSync(this.#logFile);
  }
}
