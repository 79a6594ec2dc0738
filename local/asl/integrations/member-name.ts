/**
 * Owns what a member of an API is called in a state machine. `aws-sdk:` integrations call it as the SDK for Java 2 does;
 * optimised ones, which are older, by the API's own name with a capital.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export type Spelling = 'aws-sdk' | 'optimized';

/**
 * In PascalCase, with the acronym that it begins with as a word: `tableName` is TableName, `DBInstanceIdentifier`
 * DbInstanceIdentifier, `ACL` Acl, `ETag` stays. What Java cannot have as a method's name ends in 'Value'.
 */
export function memberName(name: string): string {
  const word = withoutAcronym(name);
  return RESERVED.has(word.charAt(0).toLowerCase() + word.slice(1)) ? `${word}Value` : word;
}

/**
 * @param service as in `arn:aws:states:::aws-sdk:<service>:…`
 * @param shape the structure that has the member, as the service's model calls it
 */
export function spelledName(spelling: Spelling, service: string, shape: string, name: string): string {
  if (spelling === 'optimized') return name.charAt(0).toUpperCase() + name.slice(1);
  return memberName(RENAMED[`${service}.${shape}.${name}`] ?? name);
}

/** Members that the SDK for Java gives another name than its rule would. */
const RENAMED: Readonly<Record<string, string>> = {
  'dynamodb.AttributeValue.NULL': 'NUL',
  'sns.AddPermissionInput.AWSAccountId': 'AWSAccountIds',
  'sns.AddPermissionInput.ActionName': 'ActionNames',
};

function withoutAcronym(name: string): string {
  const [acronym = ''] = /^[A-Z]+/.exec(name) ?? [];
  // The last capital belongs to the word that it begins.
  const inWord = /[a-z]/.test(name.charAt(acronym.length));
  const length = Math.max(acronym.length - (inWord ? 1 : 0), 1);
  return name.charAt(0).toUpperCase() + name.slice(1, length).toLowerCase() + name.slice(length);
}

/** Java's keywords, and the methods that every object or every shape of the SDK has. */
const RESERVED = new Set(
  (
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends false ' +
    'final finally float for goto if implements import instanceof int interface long native new null package private ' +
    'protected public return short static strictfp super switch synchronized this throw throws transient true try void ' +
    'volatile while equals finalize getClass hashCode notify notifyAll toString wait builder sdkFields toBuilder ' +
    'overrideConfiguration sdkHttpResponse'
  ).split(' '),
);
