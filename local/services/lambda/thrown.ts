import { types } from 'node:util';
import type { ErrorDocument } from './messages';

/** As the Node.js runtime answers a thrown value: `errorType` is the error's name, or the value's type. */
export function describeError(error: unknown, errorType?: string): ErrorDocument {
  if (types.isNativeError(error) || (error instanceof Error && typeof error.message === 'string')) {
    return {
      errorType: errorType ?? String(error.name),
      errorMessage: withHint(errorType ? String(error) : String(error.message), error),
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: errorType ?? typeof error, errorMessage: printed(error), trace: [] };
}

/** As `describeError`, for what is thrown while a function is loaded. */
export function describeLoadError(error: unknown): ErrorDocument {
  if (error instanceof SyntaxError) return describeError(error, 'Runtime.UserCodeSyntaxError');
  return describeError(error, isAbsentModule(error) ? 'Runtime.ImportModuleError' : undefined);
}

function isAbsentModule(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

/** A part of the SDK that is nowhere is there on AWS: the message says what to do. */
function withHint(message: string, error: Error): string {
  const part =
    isAbsentModule(error) && /^.*Cannot find (?:module|package) '(@(?:aws-sdk|smithy)\/[^/']+)/.exec(message)?.[1];
  if (!part) return message;
  const [first, ...rest] = message.split('\n');
  return [
    `${first} (AWS's runtimes bring it; here, install it in the project: npm install --save-dev ${part})`,
    ...rest,
  ].join('\n');
}

/** A thrown value need not be printable. */
function printed(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
