import { AwsError } from '../aws';
import { assumedRoleArn, type RoleSession } from '../role-session';
import type { Refusal } from './evaluate';

/**
 * Owns how each service says that a role may not do something: error name, status and text
 * (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
interface Form {
  readonly code: string;
  readonly status: number;
  /** How it spells an action. */
  readonly spelled?: (action: string) => string;
  readonly text?: (who: string, action: string, resource: string, why: string) => string;
}

const DEFAULT: Form = { code: 'AccessDeniedException', status: 400 };

const FORMS: Readonly<Record<string, Form>> = {
  cloudwatch: { code: 'AccessDenied', status: 403 },
  lambda: { code: 'AccessDeniedException', status: 403 },
  pipes: { code: 'AccessDeniedException', status: 403 },
  s3: {
    code: 'AccessDenied',
    status: 403,
    text: (who, action, resource, why) =>
      `User: ${who} is not authorized to perform: ${action} on resource: "${resource}" ${why}`,
  },
  scheduler: { code: 'AccessDeniedException', status: 403 },
  sesv2: {
    code: 'AccessDeniedException',
    status: 403,
    text: (who, action, resource) =>
      `User \`${who}' is not authorized to perform \`${action}' on resource \`${resource}'`,
  },
  sns: { code: 'AuthorizationErrorException', status: 403, spelled: (action) => action.replace(/^sns:/, 'SNS:') },
  sqs: { code: 'AccessDenied', status: 403, spelled: (action) => action.toLowerCase() },
};

export function accessDenied(
  service: string,
  session: RoleSession,
  action: string,
  resource: string,
  refusal: Refusal,
): AwsError {
  const { code, status, spelled, text } = FORMS[service] ?? DEFAULT;
  const who = assumedRoleArn(session);
  const name = spelled?.(action) ?? action;
  const why = whyText(refusal, name);
  if (text) return new AwsError(code, text(who, name, resource, why), status);
  const where = resource === '*' ? '' : ` on resource: ${resource}`;
  return new AwsError(code, `User: ${who} is not authorized to perform: ${name}${where} ${why}`, status);
}

function whyText({ kind, policy }: Refusal, action: string): string {
  const article = policy === 'identity-based policy' ? 'an' : 'a';
  return kind === 'explicit'
    ? `with an explicit deny in ${article} ${policy}`
    : `because no ${policy} allows the ${action} action`;
}
