/** Every intrinsic function, with the fewest and the most arguments that it takes. */
export const ARITY = {
  Format: [1, Number.POSITIVE_INFINITY],
  StringToJson: [1, 1],
  JsonToString: [1, 1],
  Array: [0, Number.POSITIVE_INFINITY],
  ArrayPartition: [2, 2],
  ArrayContains: [2, 2],
  ArrayRange: [3, 3],
  ArrayGetItem: [2, 2],
  ArrayLength: [1, 1],
  ArrayUnique: [1, 1],
  Base64Encode: [1, 1],
  Base64Decode: [1, 1],
  Hash: [2, 2],
  JsonMerge: [3, 3],
  MathRandom: [2, 3],
  MathAdd: [2, 2],
  StringSplit: [2, 2],
  UUID: [0, 0],
} as const satisfies Record<string, readonly [number, number]>;

export type FunctionName = keyof typeof ARITY;

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(ARITY, name);
}
