import { cpSync } from 'node:fs';
import { Store, StoreError } from '../../local/runtime/store';
import type { StoreAnswer, StoreQuestion } from './damage';

/**
 * Opens stores for `damage.ts` in a process of its own, which may die of them: fills or opens what it is asked to, and
 * answers with the content, or with why it was refused.
 */
process.on('message', async ({ fill, open }: StoreQuestion) => {
  const answer = fill ? { content: await filled(fill) } : await opened(open as string);
  process.send?.(answer satisfies StoreAnswer);
});

/** Leaves a store with content in the database file and in its log, as a process that was killed does, and one that closed it. */
async function filled({ working, killed, closed }: Record<'working' | 'killed' | 'closed', string>): Promise<string> {
  const store = Store.open(working);
  const notes = store.collection<string>('notes');
  for (let commit = 0; commit < 500; commit += 1) {
    for (let row = 0; row < 5; row += 1)
      void notes.put(`note ${(commit * 7 + row * 31) % 400}`, `${commit} `.repeat(60));
    await store.durable();
  }
  const content = dump(store);
  // Nothing is written after this.
  cpSync(working, killed, { recursive: true });
  await store.close();
  cpSync(working, closed, { recursive: true });
  return content;
}

async function opened(directory: string): Promise<StoreAnswer> {
  let store: Store | undefined;
  try {
    store = Store.open(directory);
    store.collection('notes');
    return { content: dump(store) };
  } catch (error) {
    return { refused: (error as Error).message, isStoreError: error instanceof StoreError };
  } finally {
    await store?.close();
  }
}

function dump(store: Store): string {
  return JSON.stringify(store.all<{ key: string; body: string }>('SELECT key, body FROM doc_notes ORDER BY key'));
}
