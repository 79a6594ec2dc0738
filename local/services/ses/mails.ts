import type { Store } from '../../runtime/store';

/** A mail as the local mailbox shows it. */
export interface StoredMail {
  /** SES's message id. */
  readonly id: string;
  /** Virtual time, ISO 8601. */
  readonly at: string;
  /** As given: 'Library <library@example.com>'. */
  readonly from: string;
  /** The bare addresses of all recipients: To, Cc and Bcc. */
  readonly to: readonly string[];
  readonly subject: string;
  /** '' when the mail has no such part. */
  readonly text: string;
  readonly html: string;
}

/** Owns the mails that were sent: durable, in the order of sending, never delivered anywhere. */
export class Mails {
  constructor(private readonly store: Store) {
    store.schema(
      'CREATE TABLE IF NOT EXISTS mail (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)',
    );
  }

  /** Resolves when the mail is durable. */
  add(mail: StoredMail): Promise<void> {
    this.store.run('INSERT INTO mail (id, body) VALUES (?, ?)', mail.id, JSON.stringify(mail));
    return this.store.durable();
  }

  /** All mails, the newest last. */
  list(): StoredMail[] {
    return this.store.all<{ body: string }>('SELECT body FROM mail ORDER BY seq').map(({ body }) => JSON.parse(body));
  }
}
