import { CONTROL_HEADER } from '../console/control';
import { CommandFailure } from './command';

/**
 * Runs a command of the running local cloud (`ControlCommands`) and answers what it answers.
 * @throws CommandFailure with the command's own words, or when nobody answers
 */
export async function callControl<T>(
  control: { url: string; token: string },
  command: string,
  body: object,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${control.url}/${command}`, {
      method: 'POST',
      headers: { [CONTROL_HEADER]: control.token },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CommandFailure(`No local cloud answers at ${control.url}.`);
  }
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new CommandFailure(`The local cloud refused: ${answer.error}`);
  return answer;
}
