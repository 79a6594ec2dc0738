/**
 * Owns the reading of XML as AWS's protocols use it: elements and text; attributes and namespaces' prefixes are passed
 * over. There are no document types: whoever sends one is refused, and with it all that entities can do.
 */
export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;
const DEEPEST = 16;

/** The root element of a document; throws when it is not well-formed. */
export function readXml(document: string): XmlElement {
  const root: XmlElement = { name: '', text: '', children: [] };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const match = TOKEN.exec(document);
    const current = open.at(-1);
    if (!match || !current) throw malformed();
    const [, cdata, closes, name, , isEmpty, text] = match;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += unescapeXml(text);
    else if (name !== undefined && closes) {
      if (open.length < 2 || current.name !== localName(name)) throw malformed();
      open.pop();
    } else if (name !== undefined) {
      const element = { name: localName(name), text: '', children: [] };
      current.children.push(element);
      if (!isEmpty) open.push(element);
      if (open.length > DEEPEST) throw malformed();
    }
  }
  const [only] = root.children;
  if (open.length !== 1 || root.children.length !== 1 || !only || root.text.trim() !== '') throw malformed();
  return only;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x?)?([^;]*);?/g, (_, numeric: string | undefined, body: string) => {
    const character = numeric
      ? codePoint(Number.parseInt(body, numeric === '#x' ? 16 : 10))
      : Object.hasOwn(ENTITIES, body) && ENTITIES[body];
    if (!character) throw malformed();
    return character;
  });
}

const codePoint = (value: number): string | undefined =>
  value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : undefined;

const malformed = () => new Error('The document is not well-formed XML.');
