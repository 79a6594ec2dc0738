/**
 * The From header: a display name and an address. A name beyond ASCII is written as an encoded word (RFC 2047), any
 * other as a quoted string (RFC 5322).
 */
export function formatSender(name: string, address: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(name);
  if (isAscii) return `"${name.replace(/(["\\])/g, '\\$1')}" <${address}>`;
  return `${encodedWords(name)} <${address}>`;
}

/** An encoded word is at most 75 characters long: 45 bytes of text, never cut within a character. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const char of text) {
    if (Buffer.byteLength(word + char) > 45) {
      words.push(word);
      word = '';
    }
    word += char;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ');
}
