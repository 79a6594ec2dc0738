import type { StateMachine } from '../asl/model';
import type { GraphNode } from './graph';
import { graphOf } from './graph';
import { layoutBlock, type PlacedBlock, type PlacedEdge, type PlacedNode, type Point } from './layout';

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

/** Draws a state machine as one self-contained SVG document: no script, no outside reference, readable in the dark. */
export function drawStateMachine(machine: StateMachine, title: string): string {
  const block = layoutBlock(graphOf(machine));
  const width = Math.ceil(block.width + 2 * MARGIN);
  const height = Math.ceil(block.height + 2 * MARGIN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="mark" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...drawBlock(block, MARGIN, MARGIN),
    '</svg>',
    '',
  ].join('\n');
}

function drawBlock(block: PlacedBlock, left: number, top: number): string[] {
  return [
    ...block.edges.map((edge) => drawLine(edge, left, top)),
    ...block.nodes.flatMap((node) => drawNode(node, left + node.x, top + node.y)),
    ...block.edges.flatMap((edge) => drawLabel(edge, left, top)),
  ];
}

function drawNode({ node, width, height, inner }: PlacedNode, x: number, y: number): string[] {
  if (node.kind === 'start' || node.kind === 'end') return [drawMark(node, x + width / 2, y + height / 2, width / 2)];
  const container = inner.length > 0;
  const middle = round(x + width / 2);
  return [
    `<rect class="box ${node.kind}${container ? ' container' : ''}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<text x="${middle}" y="${round(y + 19)}" text-anchor="middle">${escapeXml(node.id)}</text>`,
    `<text class="caption" x="${middle}" y="${round(y + 34)}" text-anchor="middle">${escapeXml(node.caption)}</text>`,
    ...inner.flatMap((branch) => drawBlock(branch.block, x + branch.x, y + branch.y)),
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
