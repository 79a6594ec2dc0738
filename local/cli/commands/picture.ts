import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StateMachine } from '../../asl/model';
import { type Command, CommandFailure, parseFiles, UsageError } from '../command';
import { fillPlaceholders, readDefinition } from '../definition-file';
import { commandLine } from '../shell';

export const pictureCommand: Command = {
  summary: 'Draw state machine definitions as SVG',
  usage: `
Usage: stepwright picture FILE [--out FILE.svg]
       stepwright picture FILE... --out DIR

Draws a definition in Amazon States Language as one self-contained SVG. Placeholders such as \${Function} are fine.

  --out   the file to write; anything that does not end in .svg is a directory, which gets NAME.svg for each
          NAME.asl.json; standard output by default
`,
  async run(argv) {
    const { values, files } = parseFiles(argv, { out: { type: 'string' } });
    const { out } = values;
    if (files.length > 1 && (out === undefined || out.endsWith('.svg'))) {
      throw new UsageError('Several files need --out DIR.');
    }
    // Read all before anything is written.
    const pictures = files.map((file) => ({ name: nameOf(file), svg: draw(file) }));
    for (const { name, svg } of pictures) {
      if (out === undefined) process.stdout.write(svg);
      else write(out.endsWith('.svg') ? out : join(out, `${name}.svg`), svg);
    }
    return 0;
  },
};

function draw(file: string): string {
  const { drawStateMachine, TooLargeToDraw } = require('../../picture/svg') as typeof import('../../picture/svg');
  const { validateDefinition } = require('../../asl/validate') as typeof import('../../asl/validate');
  const text = readDefinition(file);
  const filled = fillPlaceholders(text);
  const { result, diagnostics } = validateDefinition(filled);
  if (result === 'FAIL') {
    const problem = diagnostics.find(({ severity }) => severity === 'ERROR');
    throw new CommandFailure(
      `${file} is not a valid definition: ${problem?.message.split('\n')[0]} (line ${problem?.line}); '${commandLine('validate')}' tells all.`,
    );
  }
  try {
    return drawStateMachine(parsed(text) ?? (JSON.parse(filled) as StateMachine), nameOf(file));
  } catch (error) {
    if (error instanceof TooLargeToDraw) throw new CommandFailure(`${file}: ${error.message}`);
    throw error;
  }
}

/** As it is written, if it is JSON before its placeholders are filled. */
function parsed(text: string): StateMachine | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/(\.asl)?\.json$/, '');
}

function write(file: string, svg: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, svg);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? `${dirname(file)} is a file, not a folder.` : message;
    throw new CommandFailure(`${file} cannot be written: ${reason}`);
  }
}
