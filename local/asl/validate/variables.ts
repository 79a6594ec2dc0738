import { isObject, type Json, type JsonObject } from '../json';
import type { QueryLanguage } from '../model';
import { type Reads, variableReads } from '../variables';
import type { Place } from './place';
import type { FoundBlock } from './walk';

/**
 * Owns the warnings of variables that have no value where they are read. AWS finds that only when the state runs: a
 * path then fails it, an expression takes nothing for the value.
 */
export function checkVariables(blocks: readonly FoundBlock[]): void {
  const bits = new Bits();
  const flows = new Map<FoundBlock, Flow>();
  for (const block of blocks) {
    // Outer blocks come first.
    const around = block.outer.at(-1);
    const alone = isDistributed(block) || !around;
    const outside = alone ? NOTHING : flows.get(around)?.at(holderOf(block, around));
    // What is around it was too much to follow.
    if (!outside) continue;
    const flow = new Flow(block, bits, outside);
    flows.set(block, flow);
    for (const [name, state, place] of block.states) {
      const language = state.QueryLanguage === 'JSONata' ? 'JSONata' : place.machineLanguage;
      for (const reads of readsOf(state, language)) checkReads(reads, flow.at(name), bits, language, place);
    }
  }
}

/** What is known of the variables at some point; a bit stands for each. */
interface Known {
  /** Those that have a value on every way there. */
  readonly always: bigint;
  /** Those that have one on some way. */
  readonly sometimes: bigint;
  /** Those assigned anywhere that is seen from here. */
  readonly anywhere: bigint;
}

const NOTHING: Known = { always: 0n, sometimes: 0n, anywhere: 0n };

/** Each variable's bit. */
class Bits {
  readonly #bits = new Map<string, bigint>();

  of(name: string): bigint {
    let bit = this.#bits.get(name);
    if (bit === undefined) {
      bit = 1n << BigInt(this.#bits.size);
      this.#bits.set(name, bit);
    }
    return bit;
  }

  /** The variables that objects with an `Assign` give a value. */
  assignedBy(...parts: readonly JsonObject[]): bigint {
    let mask = 0n;
    for (const { Assign } of parts) {
      for (const key of isObject(Assign) ? Object.keys(Assign) : []) mask |= this.of(key.replace(/\.\$$/, ''));
    }
    return mask;
  }
}

function checkReads(
  { field, names, doubted }: Reads,
  known: Known | undefined,
  bits: Bits,
  language: QueryLanguage,
  place: Place,
): void {
  if (!known) return;
  for (const name of names) {
    const has = (mask: bigint) => (mask & bits.of(name)) !== 0n;
    if (doubted.has(name) || name === '' || name === '$' || name === 'states' || has(known.always)) continue;
    if (language === 'JSONata' && FUNCTIONS.has(name)) continue;
    const at = place.field(field);
    if (!has(known.anywhere)) at.warn(`Variable '${name}' is never assigned`, 'UNASSIGNED_VARIABLE');
    else if (!has(known.sometimes)) {
      at.warn(`Variable '${name}' is not assigned before this state`, 'UNASSIGNED_VARIABLE');
    } else at.warn(`Variable '${name}' is not assigned on every path to this state`, 'UNASSIGNED_VARIABLE');
  }
}

/** States looked at, again and again until nothing changes; a definition that takes more has no warnings. */
const MOST_VISITS = 50_000;

/** How the variables of a block come about, along its transitions. */
class Flow {
  readonly #entries = new Map<string, Known>();
  readonly #finished: boolean;

  constructor(
    { block, states }: FoundBlock,
    private readonly bits: Bits,
    private readonly outside: Known,
  ) {
    const byName = new Map(states.map(([name, state]) => [name, state]));
    let anywhere = outside.anywhere;
    for (const state of byName.values()) {
      anywhere |= bits.assignedBy(state, ...objectsIn(state.Catch), ...objectsIn(state.Choices));
    }
    const open = new Set<string>();
    if (typeof block.StartAt === 'string') {
      this.#entries.set(block.StartAt, { ...outside, anywhere });
      open.add(block.StartAt);
    }
    let visits = 0;
    for (const name of open) {
      open.delete(name);
      visits += 1;
      if (visits > MOST_VISITS) break;
      const state = byName.get(name);
      if (state) for (const target of this.#follow(name, state)) open.add(target);
    }
    this.#finished = open.size === 0;
  }

  /** Undefined when the block was too much to follow. */
  at(state: string): Known | undefined {
    return this.#finished ? (this.#entries.get(state) ?? this.outside) : undefined;
  }

  /** The states that a state leads to and of which something else is known now. */
  *#follow(name: string, state: JsonObject): Generator<string> {
    const entry = this.#entries.get(name) as Known;
    for (const [target, part] of waysOut(state)) {
      const assigned = this.bits.assignedBy(part);
      const before = this.#entries.get(target);
      const always = (entry.always | assigned) & (before?.always ?? -1n);
      const sometimes = entry.sometimes | assigned | (before?.sometimes ?? 0n);
      if (before?.always === always && before.sometimes === sometimes) continue;
      this.#entries.set(target, { always, sometimes, anywhere: entry.anywhere });
      yield target;
    }
  }
}

/** Where a state leads, and the part of it whose `Assign` counts on that way. */
function waysOut(state: JsonObject): Array<[target: string, part: JsonObject]> {
  const way = (target: Json | undefined, part: JsonObject): Array<[string, JsonObject]> =>
    typeof target === 'string' ? [[target, part]] : [];
  return [
    ...way(state.Next, state),
    ...(state.Type === 'Choice' ? way(state.Default, state) : []),
    ...(state.Type === 'Choice' ? objectsIn(state.Choices).flatMap((rule) => way(rule.Next, rule)) : []),
    ...objectsIn(state.Catch).flatMap((catcher) => way(catcher.Next, catcher)),
  ];
}

function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The executions of a distributed Map have no variables but their own. */
function isDistributed({ block }: FoundBlock): boolean {
  return isObject(block.ProcessorConfig) && block.ProcessorConfig.Mode === 'DISTRIBUTED';
}

/** The state of the outer block that a block stands in. */
function holderOf(inner: FoundBlock, outer: FoundBlock): string {
  const holder = outer.states.find(([, , place]) => inner.place.location.startsWith(`${place.location}/`));
  return holder?.[0] ?? '';
}

/** What cannot be parsed has been refused. */
function readsOf(state: JsonObject, language: QueryLanguage): Reads[] {
  try {
    return variableReads(state, language);
  } catch {
    return [];
  }
}

/** JSONata 2.0.6's, and those that Step Functions adds. */
const FUNCTIONS = new Set(
  `abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent
  distinct each encodeUrl encodeUrlComponent error exists filter floor foldLeft formatBase formatInteger formatNumber
  fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad parse parseInteger
  partition power random range reduce replace reverse round shuffle sift single sort split spread sqrt string substring
  substringAfter substringBefore sum toMillis trim type uppercase uuid zip`.split(/\s+/),
);
