import { Graph, layout as runDagre } from '@dagrejs/dagre';
import type { BlockGraph, GraphEdge, GraphNode } from './graph';

/** A block with a place for everything; coordinates are relative to the block's own top left corner, in px. */
export interface PlacedBlock {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The blocks inside, placed relative to this node's top left corner. */
  readonly inner: ReadonlyArray<{ readonly x: number; readonly y: number; readonly block: PlacedBlock }>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  readonly label: Point | undefined;
}

/** A block has more states in a row than the layout, which follows them by recursion, can hold. */
export class TooLargeToDraw extends Error {
  override readonly name = 'TooLargeToDraw';
}

const NODE_HEIGHT = 44;
const MARK_SIZE = 16;
const HEADER_HEIGHT = 46;
const PADDING = 18;
const GAP = 22;
const LOOP = 24;

/** Widths of system fonts are not known here; these are generous averages for 13 px and 11 px. */
export const NAME_CHARACTER = 7.9;
export const LABEL_CHARACTER = 6.1;

/**
 * Places a block: what a Parallel or Map holds is laid out first, each branch by itself, so that branches keep their
 * order; then the block around it, in which the container is one large node. Throws TooLargeToDraw.
 */
export function layoutBlock(block: BlockGraph): PlacedBlock {
  const sized = new Map(block.nodes.map((node) => [node.id, sizeNode(node)]));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 34, ranksep: 38, edgesep: 18, marginx: 2, marginy: 2 });
  for (const [id, { width, height }] of sized) graph.setNode(id, { width, height });
  block.edges.forEach((edge, index) => {
    const width = edge.label ? edge.label.length * LABEL_CHARACTER + 10 : 0;
    const weight = edge.kind === 'catch' ? 1 : 4;
    graph.setEdge(
      edge.from,
      edge.to,
      { width, height: edge.label ? 16 : 0, labelpos: 'c', weight, minlen: 1 },
      `${index}`,
    );
  });
  try {
    runDagre(graph);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TooLargeToDraw(`${block.nodes.length} states beside each other are too many to draw.`);
  }

  const nodes = [...sized].map(([id, { node, width, height, inner }]): PlacedNode => {
    const { x = 0, y = 0 } = graph.node(id) as Partial<Point>;
    return { node, x: x - width / 2, y: y - height / 2, width, height, inner };
  });
  const edges = block.edges.map((edge, index): PlacedEdge => {
    if (edge.from === edge.to) return loop(edge, nodes.find(({ node }) => node.id === edge.from) as PlacedNode);
    const {
      points = [],
      x,
      y,
    } = graph.edge(edge.from, edge.to, `${index}`) as { points?: Point[]; x?: number; y?: number };
    return { edge, points, label: edge.label && x !== undefined && y !== undefined ? { x, y } : undefined };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width, height, nodes, edges };
}

/** A way from a state to itself, at its right side. */
function loop(edge: GraphEdge, { x, y, width, height }: PlacedNode): PlacedEdge {
  const right = x + width;
  const middle = y + height / 2;
  const points = [
    { x: right, y: middle - 10 },
    { x: right + LOOP, y: middle - 10 },
    { x: right + LOOP, y: middle + 10 },
    { x: right, y: middle + 10 },
  ];
  return { edge, points, label: { x: right + LOOP + (edge.label.length * LABEL_CHARACTER) / 2, y: middle } };
}

function sizeNode(node: GraphNode): Omit<PlacedNode, 'x' | 'y'> {
  if (node.kind === 'start' || node.kind === 'end') return { node, width: MARK_SIZE, height: MARK_SIZE, inner: [] };
  const textWidth = Math.max(node.id.length * NAME_CHARACTER, node.caption.length * LABEL_CHARACTER) + 32;
  if (node.inner.length === 0) return { node, width: Math.max(120, textWidth), height: NODE_HEIGHT, inner: [] };
  let x = PADDING;
  const inner = node.inner.map((block) => {
    const placed = layoutBlock(block);
    const place = { x, y: HEADER_HEIGHT, block: placed };
    x += placed.width + GAP;
    return place;
  });
  const height = HEADER_HEIGHT + Math.max(...inner.map(({ block }) => block.height)) + PADDING;
  return { node, width: Math.max(textWidth, x - GAP + PADDING), height, inner };
}
