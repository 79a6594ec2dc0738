/**
 * Structured logs: one JSON object per line. Never pass a task token, a link or a mail address: `maskAddress` shows as
 * much of an address as helps to find a mistake.
 */
export const log = {
  info: (message: string, fields: LogFields = {}) => write('INFO', message, fields),
  warn: (message: string, fields: LogFields = {}) => write('WARN', message, fields),
  error: (message: string, fields: LogFields = {}) => write('ERROR', message, fields),
};

export type LogFields = Readonly<Record<string, unknown>>;

/** 'reader@example.com' becomes 'r***@example.com'. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 1 ? '***' : `${address[0]}***${address.slice(at)}`;
}

/** One line without the prefix that Lambda gives to `console.log`: CloudWatch reads its fields, and metrics in them. */
export function writeLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function write(level: string, message: string, fields: LogFields): void {
  const { error, ...others } = fields;
  const told = error instanceof Error ? { error: error.name, errorMessage: error.message } : error ? { error } : {};
  writeLine({ time: new Date().toISOString(), level, message, ...others, ...told });
}
