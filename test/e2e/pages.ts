import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the documentation shows of output, for the tests that compare it with what is printed today. */
export const root = resolve(__dirname, '../..');
export const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** What a page shows under this name, line by line. */
export function shown(name: string, page: string): string[] {
  return new RegExp(`<!-- ${name} -->\n\`\`\`\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]?.trimEnd().split('\n') ?? [];
}
