import type { Json, JsonObject } from '../asl/json';
import type { HistoryEvent } from '../engine/types';

/**
 * Owns how the events of one step are written: one line of JSON, in which whatever is said more than once (types, names
 * of details, the data that one state hands to the next) stands once.
 *
 * H1  `readHistory(historyLine(events))` are the same events.
 * H2  A line has no line break in it: lines are joined by one.
 *
 *   [id of the first event, its time, [kind, …], [value, …], [number, …]]
 *
 * A kind is `[type, ids back to the previous event, ms since the first event, [name of a detail, …]]`, without the names
 * where there are no details. The numbers are those of all events behind each other: of its kind, then for each of its
 * details that of the value, or -1 - n where the value is the whole number n.
 */
export function historyLine(events: readonly HistoryEvent[]): string {
  const [first] = events as [HistoryEvent];
  const kinds = new Kinds(first);
  const values = new Values();
  let numbers = '';
  for (const event of events) {
    numbers += `,${kinds.number(event)}`;
    const { details } = event;
    for (const name in details) {
      const value = details[name];
      if (value !== undefined) numbers += `,${values.number(value)}`;
    }
  }
  return `[${first.id},${first.timestamp},[${kinds.text}],[${values.text}],[${numbers.slice(1)}]]`;
}

/** All events of lines that were joined, in their order. */
export function readHistory(lines: string): HistoryEvent[] {
  return lines.split('\n').flatMap(readLine);
}

/** The kinds of a line's events, each once or a few times. */
class Kinds {
  readonly #byType = new Map<string, Kind[]>();
  #count = 0;
  text = '';

  constructor(private readonly first: HistoryEvent) {}

  number({ id, previousEventId, timestamp, type, details }: HistoryEvent): number {
    const back = id - previousEventId;
    const later = timestamp - this.first.timestamp;
    const names = details && namesOf(details);
    let kinds = this.#byType.get(type);
    if (!kinds) {
      kinds = [];
      this.#byType.set(type, kinds);
    }
    for (const kind of kinds)
      if (kind.back === back && kind.names === names && kind.later === later) return kind.number;
    const kind = { number: this.#count++, back, later, names };
    // A kind that is hard to find again is written again.
    if (kinds.length < MOST_COMPARED) kinds.push(kind);
    const parts = `${JSON.stringify(type)},${back},${later}${names ? `,${names.text}` : ''}`;
    this.text += `${kind.number === 0 ? '' : ','}[${parts}]`;
    return kind.number;
  }
}

interface Kind {
  readonly number: number;
  readonly back: number;
  readonly later: number;
  readonly names: Names | undefined;
}

const MOST_COMPARED = 16;

/** Names of details in their order: one object for equal lists. There are as many as the engine has forms of details. */
class Names {
  readonly #longer = new Map<string, Names>();
  readonly text: string;

  constructor(readonly list: readonly string[]) {
    this.text = JSON.stringify(list);
  }

  with(name: string): Names {
    let longer = this.#longer.get(name);
    if (!longer) {
      longer = new Names([...this.list, name]);
      this.#longer.set(name, longer);
    }
    return longer;
  }
}

const NO_NAMES = new Names([]);

function namesOf(details: JsonObject): Names {
  let names = NO_NAMES;
  for (const name in details) if (details[name] !== undefined) names = names.with(name);
  return names;
}

/** The values of a line's details: equal texts once, and objects that are the same. */
class Values {
  readonly #numbers = new Map<Json, number>();
  text = '';

  number(value: Json): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return -1 - value;
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.text += `${number === 0 ? '' : ','}${JSON.stringify(value)}`;
    this.#numbers.set(value, number);
    return number;
  }
}

type Line = [
  firstId: number,
  began: number,
  kinds: Array<[type: string, back: number, later: number, names?: string[]]>,
  values: Json[],
  numbers: number[],
];

function readLine(line: string): HistoryEvent[] {
  const [firstId, began, kinds, values, numbers] = JSON.parse(line) as Line;
  const events: HistoryEvent[] = [];
  for (let at = 0; at < numbers.length; ) {
    const [type, back, later, names] = kinds[numbers[at++] as number] as Line[2][number];
    const id = firstId + events.length;
    const event = { id, previousEventId: id - back, timestamp: began + later, type };
    if (!names) {
      events.push(event);
      continue;
    }
    const details: JsonObject = {};
    for (const name of names) {
      const number = numbers[at++] as number;
      details[name] = number < 0 ? -1 - number : (values[number] as Json);
    }
    events.push({ ...event, details });
  }
  return events;
}
