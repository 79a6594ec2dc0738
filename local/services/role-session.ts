import { Memo } from '../asl/memo';

/**
 * Owns what a call knows of the role that it is made with: a session, as STS begins one for a function, an execution or a rule. A
 * function's is in its session token, which its SDK sends with each request.
 *
 * The token is no secret, since the key that signs the request is: it only says for whom. One that is not of this form (a shell may
 * have one of AWS's) says nothing, and its request is the developer's.
 */
export interface RoleSession {
  /** 'arn:aws:iam::123456789012:role/Name' */
  readonly roleArn: string;
  /** At most 64 characters: a function's name, an execution's. */
  readonly sessionName: string;
  /** The ARN of what has the role: a function, a state machine, a rule, a schedule, a pipe. */
  readonly holder: string;
}

const PREFIX = 'stepwright.';

export function sessionToken(session: RoleSession): string {
  const { roleArn, sessionName, holder } = session;
  return PREFIX + Buffer.from(JSON.stringify([roleArn, sessionName, holder])).toString('base64url');
}

/** Undefined for a token that is not one of these. */
export function sessionOf(token: string): RoleSession | undefined {
  return known.get(token).session;
}

const known = new Memo((token) => ({ session: read(token) }), 1024);

function read(token: string): RoleSession | undefined {
  if (!token.startsWith(PREFIX)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(token.slice(PREFIX.length), 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 3 || parts.some((part) => typeof part !== 'string')) return undefined;
    const [roleArn, sessionName, holder] = parts as [string, string, string];
    return ROLE_ARN.test(roleArn) ? { roleArn, sessionName, holder } : undefined;
  } catch {
    return undefined;
  }
}

const ROLE_ARN = /^arn:[^:]+:iam::\d{12}:role\/.+/;

/** Undefined for what is no role's ARN: nobody knows then what it may do. */
export function roleSession(roleArn: unknown, sessionName: string, holder: string): RoleSession | undefined {
  if (typeof roleArn !== 'string' || !ROLE_ARN.test(roleArn)) return undefined;
  return { roleArn, sessionName: sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64), holder };
}

/** 'Name', without its path. */
export function roleName(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}

/** 'arn:aws:sts::123456789012:assumed-role/Name/session': who calls, as AWS tells it. */
export function assumedRoleArn({ roleArn, sessionName }: RoleSession): string {
  const [, partition, , , account] = roleArn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${roleName(roleArn)}/${sessionName}`;
}
