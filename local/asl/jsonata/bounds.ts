import type { Expression, ExprNode } from 'jsonata';
import { MAX_DEPTH } from '../depth';
import { extentOf } from './extent';

/**
 * Keeps expressions within bounds, without a thread of their own, by JSONata's hooks around the evaluation of each node
 * of the syntax tree. The bounds are counts, so that the same expression on the same data always ends the same way.
 *
 * JSONata asks the environment for its hooks before and after each node, and awaits them. Being asked is enough to count
 * the node, so the environments here count and seldom answer: waiting for nothing would cost as much as most nodes do.
 *
 * What the hooks cannot see is the inside of a built-in function: for regular expressions see `patterns.ts`, for
 * functions whose own ways are too slow `functions.ts`.
 */
interface Spent {
  nodes: number;
  depth: number;
  sliceEnds: number;
}

const MOST_NODES = 1_000_000;
/** One call of a function of the expression takes about six. */
const MOST_DEPTH = 6_000;
const MOST_ITEMS = 1_000_000;
/** In a value made, with all that it holds; see `extent.ts`. */
const MOST_VALUES = 2_000_000;
const MOST_CHARACTERS = 8_000_000;
/** For so long (real ms) an expression may keep the event loop from everybody else. */
const SLICE_MS = 10;

/** Watches every evaluation of `expression`, each with a budget of its own. */
export function watch(expression: Expression): void {
  const hook = expression.assign as unknown as (name: symbol, callback: unknown) => void;
  hook(Symbol.for('jsonata.__createFrame_push'), pushFrame);
}

const ENTRY = Symbol.for('jsonata.__evaluate_entry');
const EXIT = Symbol.for('jsonata.__evaluate_exit');

interface Frame {
  spent?: Spent;
  lookup(name: string | symbol): unknown;
}

/** JSONata made the environment `frame` inside of `outer`: the first of an evaluation, or a function's. */
function pushFrame(outer: Frame, frame: Frame): void {
  const spent = outer.spent ?? { nodes: 0, depth: 0, sliceEnds: performance.now() + SLICE_MS };
  const { lookup } = frame;
  frame.spent = spent;
  frame.lookup = (name) => {
    if (name === ENTRY) return enter(spent);
    if (name === EXIT) return leave;
    return lookup(name);
  };
}

/** Answers what JSONata is to wait for before it goes on, if anything. */
function enter(spent: Spent): (() => Promise<void>) | undefined {
  spent.nodes += 1;
  spent.depth += 1;
  if (spent.nodes > MOST_NODES) throw limit('Expression evaluation timeout: Check for infinite loop');
  if (spent.depth > MOST_DEPTH) {
    throw limit(
      'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive.',
    );
  }
  if (spent.nodes % 256 !== 0 || performance.now() < spent.sliceEnds) return undefined;
  return () => breathe(spent);
}

function leave(node: ExprNode, _input: unknown, { spent }: Required<Frame>, result: unknown): void {
  spent.depth -= 1;
  // What makes long arrays pays for them, so that many of them end an expression as much work does.
  if (node.value === '..') spent.nodes += itemsOf(result) >> 2;
  else if (node.type === 'function') spent.nodes += itemsOf(result) >> 4;
  const size = typeof result === 'string' ? result.length / MOST_CHARACTERS : itemsOf(result) / MOST_ITEMS;
  if (size > 1 || (makesValue(node) && isTooLarge(result))) {
    throw limit('The result of a part of the expression is too large');
  }
}

/** Constructors of arrays and objects, and functions: what else there is picks from what they made. */
function makesValue({ type, value }: ExprNode): boolean {
  return type === 'function' || (type === 'unary' && (value === '[' || value === '{'));
}

function isTooLarge(value: unknown): boolean {
  const { size, depth } = extentOf(value);
  return size > MOST_VALUES || depth > MAX_DEPTH;
}

function itemsOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function breathe(spent: Spent): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      spent.sliceEnds = performance.now() + SLICE_MS;
      resolve();
    });
  });
}

/** As JSONata's own exerciser names it. */
function limit(message: string): { code: string; message: string } {
  return { code: 'U1001', message };
}
