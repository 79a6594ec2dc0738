import type { StateMachine } from '../asl/model';
import type { GraphNode } from './graph';
import { graphOf } from './graph';
import { layoutBlock, type PlacedBlock, type PlacedEdge, type PlacedNode, type Point } from './layout';

export { TooLargeToDraw } from './layout';

const MARGIN = 16;

/** Colours by what a state is; each works on light and dark pages. */
const STYLE = `
  text { font: 600 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2937 }
  .caption, .label { font-weight: 400; font-size: 11px; fill: #6b7280 }
  .box { fill: #ffffff; stroke: #94a3b8; stroke-width: 1.2 }
  .Task { stroke: #2563eb } .Wait { stroke: #d97706 } .Choice { stroke: #7c3aed }
  .Succeed { stroke: #15803d; fill: #f0fdf4 } .Fail { stroke: #b91c1c; fill: #fef2f2 }
  .container { fill: #64748b; fill-opacity: .06; stroke-dasharray: 5 4 }
  .edge { fill: none; stroke: #64748b; stroke-width: 1.3 }
  .catch { stroke: #b91c1c; stroke-dasharray: 4 3 }
  .back { fill: #ffffff; fill-opacity: .85 }
  .mark { fill: #64748b }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .caption, .label { fill: #9ca3af }
    .box { fill: #111827 } .Succeed { fill: #052e16 } .Fail { fill: #450a0a }
    .back { fill: #0d1117 } .edge { stroke: #94a3b8 } .catch { stroke: #f87171 }
  }`;

/** Where colours say how it went with the states of an execution: those that were not entered have none. */
const MARKED_STYLE = `
  .box:not(.marked):not(.container) { fill: #ffffff; stroke: #94a3b8; stroke-width: 1 }
  .marked { stroke-width: 2.4 } .count { font-weight: 600; font-size: 11px }
  .succeeded { fill: #dcfce7; stroke: #15803d } .running { fill: #dbeafe; stroke: #1d4ed8 }
  .caught { fill: #fef3c7; stroke: #b45309 } .failed { fill: #fee2e2; stroke: #b91c1c }
  .stopped { fill: #e5e7eb; stroke: #4b5563 }
  @media (prefers-color-scheme: dark) {
    .box:not(.marked):not(.container) { fill: #111827; stroke: #64748b }
    .succeeded { fill: #14532d; stroke: #4ade80 } .running { fill: #1e3a8a; stroke: #93c5fd }
    .caught { fill: #713f12; stroke: #fbbf24 } .failed { fill: #7f1d1d; stroke: #fca5a5 }
    .stopped { fill: #374151; stroke: #9ca3af }
  }`;

/** What is shown of a state beside what it is: a colour by its outcome, and how often it was entered. */
export interface StateMark {
  readonly outcome: 'running' | 'succeeded' | 'caught' | 'failed' | 'stopped';
  readonly count: number;
}

/**
 * Draws a state machine as one self-contained SVG document: no script, no outside reference, readable in the dark.
 * @param marks by the name of the state
 */
export function drawStateMachine(machine: StateMachine, title: string, marks?: ReadonlyMap<string, StateMark>): string {
  const block = layoutBlock(graphOf(machine));
  const width = Math.ceil(block.width + 2 * MARGIN);
  const height = Math.ceil(block.height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}${marks ? MARKED_STYLE : ''}\n</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="mark" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...drawBlock(block, MARGIN, MARGIN, marks ?? new Map()),
    '</svg>',
    '',
  ].join('\n');
}

function drawBlock(block: PlacedBlock, left: number, top: number, marks: ReadonlyMap<string, StateMark>): string[] {
  return [
    ...block.edges.map((edge) => drawLine(edge, left, top)),
    ...block.nodes.flatMap((node) => drawNode(node, left + node.x, top + node.y, marks)),
    ...block.edges.flatMap((edge) => drawLabel(edge, left, top)),
  ];
}

function drawNode(
  { node, width, height, inner }: PlacedNode,
  x: number,
  y: number,
  marks: ReadonlyMap<string, StateMark>,
): string[] {
  if (node.kind === 'start' || node.kind === 'end') return [drawMark(node, x + width / 2, y + height / 2, width / 2)];
  const container = inner.length > 0;
  const middle = round(x + width / 2);
  const mark = marks.get(node.id);
  const classes = ['box', node.kind, ...(container ? ['container'] : []), ...(mark ? ['marked', mark.outcome] : [])];
  return [
    `<rect class="${classes.join(' ')}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<text x="${middle}" y="${round(y + 19)}" text-anchor="middle">${escapeXml(node.id)}</text>`,
    `<text class="caption" x="${middle}" y="${round(y + 34)}" text-anchor="middle">${escapeXml(node.caption)}</text>`,
    ...(mark && mark.count > 1
      ? [`<text class="count" x="${round(x + width - 7)}" y="${round(y + 14)}" text-anchor="end">${mark.count}×</text>`]
      : []),
    ...inner.flatMap((branch) => drawBlock(branch.block, x + branch.x, y + branch.y, marks)),
  ];
}

function drawMark(node: GraphNode, x: number, y: number, radius: number): string {
  const circle = `<circle class="mark" cx="${round(x)}" cy="${round(y)}" r="${radius - 2}"/>`;
  const ring = `<circle class="edge" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`;
  return node.kind === 'start' ? circle : `${circle}${ring}`;
}

function drawLine({ edge, points }: PlacedEdge, left: number, top: number): string {
  const path = curve(points.map(({ x, y }) => ({ x: x + left, y: y + top })));
  return `<path class="edge ${edge.kind}" d="${path}" marker-end="url(#tip)"/>`;
}

function drawLabel({ edge, label }: PlacedEdge, left: number, top: number): string[] {
  if (!label) return [];
  const width = edge.label.length * 6.1 + 6;
  const x = label.x + left;
  const y = label.y + top;
  return [
    `<rect class="back" x="${round(x - width / 2)}" y="${round(y - 8)}" width="${round(width)}" height="16" rx="3"/>`,
    `<text class="label" x="${round(x)}" y="${round(y + 4)}" text-anchor="middle">${escapeXml(edge.label)}</text>`,
  ];
}

/** A line through the points whose corners are rounded by quadratic curves from middle to middle. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const last = rest[rest.length - 1] ?? first;
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  for (let index = 0; index < rest.length - 1; index += 1) {
    const corner = rest[index] as Point;
    const next = rest[index + 1] as Point;
    const end = index === rest.length - 2 ? next : { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    parts.push(`Q${round(corner.x)} ${round(corner.y)} ${round(end.x)} ${round(end.y)}`);
  }
  if (rest.length === 1) parts.push(`L${round(last.x)} ${round(last.y)}`);
  return parts.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
