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
  const flows = new Map<FoundBlock, Flow>();
  for (const block of blocks) {
    // Outer blocks come first.
    const around = block.outer.at(-1);
    const outside = isDistributed(block) || !around ? undefined : flows.get(around)?.at(holderOf(block, around));
    const flow = new Flow(block, outside);
    flows.set(block, flow);
    for (const [name, state, place] of block.states) {
      const language = state.QueryLanguage === 'JSONata' ? 'JSONata' : place.machineLanguage;
      for (const reads of readsOf(state, language)) checkReads(reads, flow.at(name), language, place);
    }
  }
}

/** What is known of the variables at some point: those that have a value on every way there, and on some way. */
interface Known {
  readonly always: ReadonlySet<string>;
  readonly sometimes: ReadonlySet<string>;
  /** Those assigned anywhere that is seen from here. */
  readonly anywhere: ReadonlySet<string>;
}

const NOTHING: Known = { always: new Set(), sometimes: new Set(), anywhere: new Set() };

function checkReads({ field, names, doubted }: Reads, known: Known, language: QueryLanguage, place: Place): void {
  for (const name of names) {
    if (known.always.has(name) || doubted.has(name) || name === '' || name === '$' || name === 'states') continue;
    if (language === 'JSONata' && FUNCTIONS.has(name)) continue;
    const at = place.field(field);
    if (!known.anywhere.has(name)) at.warn(`Variable '${name}' is never assigned`, 'UNASSIGNED_VARIABLE');
    else if (!known.sometimes.has(name)) {
      at.warn(`Variable '${name}' is not assigned before this state`, 'UNASSIGNED_VARIABLE');
    } else at.warn(`Variable '${name}' is not assigned on every path to this state`, 'UNASSIGNED_VARIABLE');
  }
}

/** How the variables of a block come about, along its transitions. */
class Flow {
  readonly #entries = new Map<string, Known>();

  constructor(
    block: FoundBlock,
    private readonly outside: Known = NOTHING,
  ) {
    const states = new Map(block.states.map(([name, state]) => [name, state]));
    const anywhere = union(outside.anywhere, new Set([...states.values()].flatMap((state) => [...allAssigned(state)])));
    const start = block.block.StartAt;
    const open: Array<[string, Known]> = typeof start === 'string' ? [[start, { ...outside, anywhere }]] : [];
    for (let next = open.pop(); next; next = open.pop()) {
      const [name, incoming] = next;
      const state = states.get(name);
      const before = this.#entries.get(name);
      const entry = before ? meet(before, incoming) : incoming;
      if (!state || (before && same(before, entry))) continue;
      this.#entries.set(name, entry);
      for (const [target, assigned] of waysOut(state)) {
        open.push([
          target,
          { always: union(entry.always, assigned), sometimes: union(entry.sometimes, assigned), anywhere },
        ]);
      }
    }
  }

  at(state: string): Known {
    return this.#entries.get(state) ?? this.outside;
  }
}

function meet(a: Known, b: Known): Known {
  return {
    always: new Set([...a.always].filter((name) => b.always.has(name))),
    sometimes: union(a.sometimes, b.sometimes),
    anywhere: a.anywhere,
  };
}

function same(a: Known, b: Known): boolean {
  return a.always.size === b.always.size && a.sometimes.size === b.sometimes.size;
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return b.size === 0 ? a : new Set([...a, ...b]);
}

/** Where a state leads, and what it has assigned by then. */
function waysOut(state: JsonObject): Array<[target: string, assigned: ReadonlySet<string>]> {
  const way = (target: Json | undefined, by: JsonObject): Array<[string, ReadonlySet<string>]> =>
    typeof target === 'string' ? [[target, assignedBy(by)]] : [];
  const rules = state.Type === 'Choice' ? objectsIn(state.Choices).flatMap((rule) => way(rule.Next, rule)) : [];
  return [
    ...way(state.Next, state),
    ...(state.Type === 'Choice' ? way(state.Default, state) : []),
    ...rules,
    ...objectsIn(state.Catch).flatMap((catcher) => way(catcher.Next, catcher)),
  ];
}

function allAssigned(state: JsonObject): Set<string> {
  const parts = [state, ...objectsIn(state.Catch), ...objectsIn(state.Choices)];
  return new Set(parts.flatMap((part) => [...assignedBy(part)]));
}

function assignedBy({ Assign }: JsonObject): Set<string> {
  return new Set(isObject(Assign) ? Object.keys(Assign).map((key) => key.replace(/\.\$$/, '')) : []);
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
