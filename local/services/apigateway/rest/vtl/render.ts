import { Effort } from './effort';
import { call, index, property, put } from './members';
import {
  type Expression,
  type MacroCall,
  type Node,
  type Operator,
  type Reference,
  type ReferenceNode,
  type Template,
  TemplateError,
} from './nodes';
import { areEqual, Block, calculated, compared, isTrue, textOf, type Value, VtlMap, VtlObject } from './values';

/** API Gateway's quota: a loop goes no further. */
const MOST_ITERATIONS = 1000;
const LONGEST_RANGE = 100_000;
const ARITHMETIC = new Set<Operator>(['+', '-', '*', '/', '%']);

/**
 * Runs a template with variables, and answers its text. It changes nothing but the maps and lists that it is given.
 *
 * @throws TemplateError where one of its calls fails, or where it does too much
 */
export function render(template: Template, variables: ReadonlyMap<string, Value>): string {
  return new Run(template, new Map(variables)).whole();
}

/** How '#break' and '#stop' leave what they are in. */
type Leaving = 'break' | 'stop' | undefined;

class Run {
  readonly #effort = new Effort();
  #out: string[] = [];

  constructor(
    private readonly template: Template,
    private readonly variables: Map<string, Value>,
  ) {}

  whole(): string {
    try {
      this.#all(this.template.body);
      return this.#effort.text(this.#out.join(''));
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateError('The template nests its calls too deeply.');
      throw error;
    }
  }

  #all(nodes: readonly Node[]): Leaving {
    for (const node of nodes) {
      this.#effort.step();
      const leaving = this.#one(node);
      if (leaving) return leaving;
    }
    return undefined;
  }

  #one(node: Node): Leaving {
    switch (node.kind) {
      case 'text':
        this.#out.push(node.text);
        return undefined;
      case 'print':
        this.#out.push(this.#effort.text(this.#printed(node)));
        return undefined;
      case 'set':
        this.#set(node.target, this.#value(node.value));
        return undefined;
      case 'if': {
        const branch = node.branches.find(({ test }) => test === undefined || this.#isTrue(test));
        return branch && this.#all(branch.body);
      }
      case 'foreach':
        return this.#foreach(node);
      case 'call':
        return this.#call(node);
      case 'define':
        this.variables.set(node.variable, this.#block(node.body));
        return undefined;
      case 'break':
      case 'stop':
        return node.kind;
    }
  }

  #printed({ reference, quiet, backslashes }: ReferenceNode): string {
    const value = this.#found(reference);
    if (value === undefined) return quiet && backslashes === 0 ? '' : '\\'.repeat(backslashes) + reference.source;
    const kept = '\\'.repeat(Math.floor(backslashes / 2));
    if (backslashes % 2 === 1) return kept + reference.source;
    return kept + (value === null ? '' : textOf(value, this.#effort));
  }

  /** Nothing is set to what is nothing: the variable keeps what it has. */
  #set({ name, path }: Reference, value: Value): void {
    if (value === undefined || value === null) return;
    const last = path.at(-1);
    if (!last) {
      this.variables.set(name, value);
      return;
    }
    const holder = this.#found({ kind: 'reference', name, path: path.slice(0, -1), source: '' });
    if (last.kind === 'method') throw new TemplateError('A call cannot be set to a value.');
    put(holder, last.kind === 'property' ? last.name : this.#value(last.index), value);
  }

  #foreach({ variable, items, body }: Node & { kind: 'foreach' }): Leaving {
    const list = elementsOf(this.#value(items));
    const names = [variable, 'foreach', 'velocityCount', 'velocityHasNext'];
    const outer = names.map((name) => [name, this.variables.get(name)] as const);
    const parent = this.variables.get('foreach');
    let leaving: Leaving;
    for (const [at, item] of list.slice(0, MOST_ITERATIONS).entries()) {
      this.#effort.step();
      const state = new Iteration(at, list.length, parent);
      this.variables.set(variable, item);
      this.variables.set('foreach', state);
      this.variables.set('velocityCount', at + 1);
      this.variables.set('velocityHasNext', at + 1 < list.length);
      leaving = this.#all(body);
      if (leaving) break;
    }
    this.#restore(outer);
    return leaving === 'stop' ? leaving : undefined;
  }

  #restore(variables: ReadonlyArray<readonly [string, Value]>): void {
    for (const [name, value] of variables) {
      if (value === undefined) this.variables.delete(name);
      else this.variables.set(name, value);
    }
  }

  #call({ name, parameters, source, body }: MacroCall): Leaving {
    const macro = this.template.macros.get(name);
    if (!macro) {
      this.#out.push(source);
      return undefined;
    }
    const given = parameters.map((parameter) => this.#value(parameter));
    const names = [...macro.parameters, 'bodyContent'];
    const outer = names.map((parameter) => [parameter, this.variables.get(parameter)] as const);
    const values = macro.parameters.map((parameter, at) => [parameter, given[at]] as const);
    this.#restore([...values, ['bodyContent', body && this.#block(body)]]);
    const leaving = this.#effort.call(() => this.#all(macro.body));
    this.#restore(outer);
    return leaving === 'stop' ? leaving : undefined;
  }

  #block(body: readonly Node[]): Block {
    return new Block(() => this.#effort.call(() => this.#text(body)));
  }

  #text(body: readonly Node[]): string {
    const outer = this.#out;
    this.#out = [];
    this.#all(body);
    const text = this.#effort.text(this.#out.join(''));
    this.#out = outer;
    return text;
  }

  #found({ name, path }: Reference): Value {
    let value = this.variables.get(name);
    for (const step of path) {
      if (value === undefined || value === null) return undefined;
      this.#effort.step();
      if (step.kind === 'property') value = property(value, step.name);
      else if (step.kind === 'index') value = index(value, this.#value(step.index));
      else {
        const parameters = step.parameters.map((parameter) => this.#value(parameter));
        value = call(value, step.name, parameters, this.#effort);
      }
    }
    return value;
  }

  #value(expression: Expression): Value {
    this.#effort.step();
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'interpolated':
        return this.#text(expression.body);
      case 'reference':
        return this.#found(expression);
      case 'list':
        return expression.items.map((item) => this.#value(item));
      case 'range':
        return range(this.#value(expression.from), this.#value(expression.to));
      case 'map': {
        const { entries } = expression;
        return new VtlMap(
          entries.map(([name, value]) => [textOf(this.#value(name), this.#effort), this.#value(value)]),
        );
      }
      case 'not':
        return !this.#isTrue(expression.operand);
      case 'binary':
        return this.#binary(expression);
    }
  }

  /** What is written or calculated is false, whatever it is, if it is no flag: only what is referred to is true where there is something. */
  #isTrue(expression: Expression): boolean {
    switch (expression.kind) {
      case 'reference':
        return isTrue(this.#value(expression));
      case 'literal':
      case 'not':
        return this.#value(expression) === true;
      case 'binary':
        return !ARITHMETIC.has(expression.operator) && this.#value(expression) === true;
      default:
        return false;
    }
  }

  #binary({ operator, left, right }: Expression & { kind: 'binary' }): Value {
    if (operator === '&&') return this.#isTrue(left) && this.#isTrue(right);
    if (operator === '||') return this.#isTrue(left) || this.#isTrue(right);
    const [a, b] = [this.#value(left), this.#value(right)];
    switch (operator) {
      case '==':
        return areEqual(a, b, this.#effort);
      case '!=':
        return !areEqual(a, b, this.#effort);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return isInOrder(operator, compared(a, b));
      case '+':
        if (typeof a === 'string' || typeof b === 'string')
          return this.#effort.text(this.#joined(a, left) + this.#joined(b, right));
        return calculated(operator, a, b);
      default:
        return calculated(operator, a, b);
    }
  }

  /** A side of a text's sum; what leads nowhere stands for itself. */
  #joined(value: Value, expression: Expression): string {
    if (value === undefined && expression.kind === 'reference') return expression.source;
    return this.#effort.text(textOf(value, this.#effort));
  }
}

function isInOrder(operator: '<' | '<=' | '>' | '>=', order: -1 | 0 | 1 | undefined): boolean {
  if (order === undefined) return false;
  if (order === 0) return operator === '<=' || operator === '>=';
  return order < 0 ? operator.startsWith('<') : operator.startsWith('>');
}

function range(from: Value, to: Value): Value {
  if (!Number.isInteger(from) || !Number.isInteger(to)) return undefined;
  const [first, last] = [from as number, to as number];
  const length = Math.abs(last - first) + 1;
  if (length > LONGEST_RANGE) throw new TemplateError('A range is too long.');
  return Array.from({ length }, (_, at) => (last < first ? first - at : first + at));
}

/** Of maps, their values. */
function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  return value instanceof VtlMap ? [...value.values()] : [];
}

/** What '$foreach' is. */
class Iteration extends VtlObject {
  constructor(
    private readonly at: number,
    private readonly length: number,
    private readonly parent: Value,
  ) {
    super();
  }

  override property(name: string): Value {
    switch (name) {
      case 'index':
        return this.at;
      case 'count':
        return this.at + 1;
      case 'hasNext':
      case 'last':
        return this.at + 1 < this.length === (name === 'hasNext');
      case 'first':
        return this.at === 0;
      case 'parent':
        return this.parent;
      case 'topmost':
        return this.parent instanceof Iteration ? this.parent.property(name) : this;
      default:
        return undefined;
    }
  }

  /** '$foreach.getIndex()' */
  override call(name: string): Value {
    const [, first, rest] = /^(?:get|is)([A-Z])(\w*)$/.exec(name) ?? [];
    return first === undefined ? this.property(name) : this.property(`${first.toLowerCase()}${rest}`);
  }

  override toString(): string {
    return 'foreach';
  }
}
