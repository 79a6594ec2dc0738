import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readBody } from '../services/wire/body';

/** What the command line may ask of a running local cloud: 'clock-advance' and so on, by name. */
export type ControlCommands = Readonly<Record<string, (body: Record<string, unknown>) => Promise<object>>>;

export interface ControlAnswer {
  readonly status: number;
  readonly body: object;
}

export const CONTROL_HEADER = 'x-stepwright-control';

const LARGEST_BODY = 1024 * 1024;

/**
 * Runs the command `name` for whoever knows the token. 401 without it, 404 for no command, 400 {`error`} for a body that
 * is no JSON object or a command that rejects.
 */
export async function control(
  commands: ControlCommands,
  token: string,
  name: string,
  message: IncomingMessage,
): Promise<ControlAnswer> {
  if (!sameText(String(message.headers[CONTROL_HEADER] ?? ''), token)) {
    return { status: 401, body: { error: `The header ${CONTROL_HEADER} does not carry this local cloud's token.` } };
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return { status: 404, body: { error: `There is no command '${name}'.` } };
  try {
    const body: unknown = JSON.parse((await readBody(message, LARGEST_BODY)).toString() || '{}');
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new Error('The body must be a JSON object.');
    return { status: 200, body: await command(body as Record<string, unknown>) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** In a time that tells nothing of where the texts differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
