import type { Block, State } from '../asl/model';

/** The machine and all branches and processors inside it, outer ones first. */
export function* blocksOf(block: Block): Generator<Block> {
  yield block;
  for (const state of Object.values(block.States)) for (const inner of innerBlocks(state)) yield* blocksOf(inner);
}

export function innerBlocks(state: State): Block[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [(state.ItemProcessor ?? state.Iterator) as Block] : [];
}
