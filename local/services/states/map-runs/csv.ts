/** Owns how delimited text becomes rows: RFC 4180 with a choice of delimiters, read piece by piece. */
export type Delimiter = 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';

const CHARACTERS: Record<Delimiter, string> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

/** The rows of a text that comes in pieces; lines without any character are none. */
export async function* csvRows(
  pieces: AsyncIterable<string>,
  delimiter: Delimiter = 'COMMA',
): AsyncGenerator<string[]> {
  const reader = new RowReader(CHARACTERS[delimiter]);
  for await (const piece of pieces) yield* reader.read(piece);
  yield* reader.end();
}

/** A row as an object: missing fields are empty, fields beyond the headers are left out. */
export function withHeaders(headers: readonly string[], row: readonly string[]): Record<string, string> {
  return Object.fromEntries(headers.map((header, i) => [header, row[i] ?? '']));
}

class RowReader {
  #row: string[] = [];
  #field = '';
  #quoted = false;
  /** The last character was a quote inside a quoted field: the end of it, or the first of two. */
  #quoteSeen = false;
  #afterReturn = false;
  #started = false;

  constructor(private readonly delimiter: string) {}

  *read(piece: string): Generator<string[]> {
    for (const character of piece) {
      if (!this.#started) {
        this.#started = true;
        if (character === BYTE_ORDER_MARK) continue;
      }
      if (this.#quoted) this.#inQuotes(character);
      if (!this.#quoted && !this.#took(character)) yield* this.#plain(character);
    }
  }

  *end(): Generator<string[]> {
    yield* this.#closeRow();
  }

  #inQuotes(character: string): void {
    if (this.#quoteSeen) {
      this.#quoteSeen = false;
      if (character === '"') this.#field += '"';
      else this.#quoted = false;
    } else if (character === '"') this.#quoteSeen = true;
    else this.#field += character;
  }

  /** A quote that opens a field. */
  #took(character: string): boolean {
    if (character !== '"' || this.#field !== '') return false;
    this.#quoted = true;
    return true;
  }

  *#plain(character: string): Generator<string[]> {
    const pair = character === '\n' && this.#afterReturn;
    this.#afterReturn = character === '\r';
    if (pair) return;
    if (character === this.delimiter) this.#closeField();
    else if (character === '\n' || character === '\r') yield* this.#closeRow();
    else this.#field += character;
  }

  #closeField(): void {
    this.#row.push(this.#field);
    this.#field = '';
  }

  *#closeRow(): Generator<string[]> {
    if (this.#quoted) this.#quoted = false;
    if (this.#row.length === 0 && this.#field === '') return;
    this.#closeField();
    const row = this.#row;
    this.#row = [];
    yield row;
  }
}

const BYTE_ORDER_MARK = '\uFEFF';
