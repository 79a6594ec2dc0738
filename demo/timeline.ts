import { styleText } from 'node:util';

/** One thing that happened, at a virtual time. */
export interface Happening {
  readonly at: number;
  readonly workflow: string;
  readonly text: string;
  /** Lines below it: a mail's links, a retry's error. */
  readonly details?: readonly string[];
  readonly tone?: 'plain' | 'mail' | 'person' | 'good' | 'bad';
}

const MARKS = { plain: ' ', mail: '@', person: '>', good: '+', bad: '!' } as const;
const COLOURS = { plain: 'reset', mail: 'cyan', person: 'yellow', good: 'green', bad: 'red' } as const;

/** Prints the timeline as it happens: virtual date, workflow, what happened. */
export class Timeline {
  #lastDay = '';

  constructor(
    private readonly write: (line: string) => void,
    private readonly colour: boolean,
    private readonly width: number,
  ) {}

  heading(text: string): void {
    this.#lastDay = '';
    this.write(`\n${this.#paint('bold', text)}`);
  }

  remark(text: string): void {
    this.write(`  ${this.#paint('dim', text)}`);
  }

  show(happenings: readonly Happening[]): void {
    for (const { at, workflow, text, details = [], tone = 'plain' } of joinSteps(happenings)) {
      const day = dayOf(at);
      const date = day === this.#lastDay ? ' '.repeat(day.length) : day;
      this.#lastDay = day;
      const place = `${date}  ${timeOf(at)}  ${workflow.split('-')[0]?.padEnd(7)}`;
      this.write(`  ${this.#paint('dim', place)}  ${this.#paint(COLOURS[tone], `${MARKS[tone]} ${text}`)}`);
      for (const detail of details) this.write(`${' '.repeat(place.length + 6)}${this.#paint('dim', detail)}`);
    }
  }

  /** Rows in columns; what does not fit into the terminal's width is left out, and counted. */
  table(title: string, rows: readonly object[]): void {
    this.write(`\n${this.#paint('bold', title)}`);
    if (rows.length === 0) {
      this.write('  (none)');
      return;
    }
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => {
      const cells = rows.map((row) => cell((row as Record<string, unknown>)[name]));
      return { name, cells, width: Math.max(name.length, ...cells.map(({ length }) => length)) };
    });
    let room = this.width;
    const shown = columns.filter(({ width }) => {
      room -= width + 2;
      return room >= 0;
    });
    const line = (texts: readonly string[]) => `  ${texts.join('  ')}`.trimEnd();
    this.write(this.#paint('dim', line(shown.map(({ name, width }) => name.padEnd(width)))));
    rows.forEach((_, index) => {
      this.write(line(shown.map(({ cells, width }) => (cells[index] as string).padEnd(width))));
    });
    const left = columns.slice(shown.length).map(({ name }) => name);
    if (left.length > 0) this.write(this.#paint('dim', `  and ${left.join(', ')}`));
  }

  text(title: string, body: string): void {
    this.write(`\n${this.#paint('bold', title)}`);
    for (const line of body.split('\n')) this.write(`  ${line}`);
  }

  #paint(style: Parameters<typeof styleText>[0], text: string): string {
    return this.colour ? styleText(style, text) : text;
  }
}

/** The steps of one execution within one second share a line: 'Register loan, confirm by mail, item is out'. */
function joinSteps(happenings: readonly Happening[]): Happening[] {
  const joined: Happening[] = [];
  for (const next of happenings) {
    const last = joined.at(-1);
    if (
      last &&
      isStep(last) &&
      isStep(next) &&
      last.workflow === next.workflow &&
      timeOf(last.at) === timeOf(next.at)
    ) {
      joined[joined.length - 1] = {
        ...last,
        text: `${last.text}, ${next.text.charAt(0).toLowerCase()}${next.text.slice(1)}`,
      };
    } else {
      joined.push(next);
    }
  }
  return joined;
}

function isStep({ tone = 'plain', details = [] }: Happening): boolean {
  return tone === 'plain' && details.length === 0;
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}

const LONGEST_CELL = 40;

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});

function dayOf(at: number): string {
  return DAY.format(at).replace(',', '');
}

function timeOf(at: number): string {
  return TIME.format(at);
}
