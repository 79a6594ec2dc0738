/**
 * A member of an API as state machines spell it, which is how the SDK for Java calls it: in PascalCase, with the acronym
 * that it begins with as a word. `tableName` is TableName, `DBInstanceIdentifier` DbInstanceIdentifier, `ACL` Acl,
 * `ETag` stays.
 */
export function memberName(name: string): string {
  if (name === 'equals' || name === 'Equals') return 'EqualsValue';
  const [acronym = ''] = /^[A-Z]+/.exec(name) ?? [];
  // The last capital belongs to the word that it begins.
  const inWord = /[a-z]/.test(name.charAt(acronym.length));
  const length = Math.max(acronym.length - (inWord ? 1 : 0), 1);
  return name.charAt(0).toUpperCase() + name.slice(1, length).toLowerCase() + name.slice(length);
}
