/** The modules of dynalite 4 that `engine.ts` drives; dynalite comes without types. */
declare module 'dynalite/db' {
  // biome-ignore lint/suspicious/noExplicitAny: items and tables as DynamoDB's JSON has them.
  type Shape = Record<string, any>;
  export function createKey(item: Shape, table: Shape): string;
  export function getIndexActions(
    indexes: Shape[],
    before: Shape | undefined,
    after: Shape | undefined,
    table: Shape,
  ): { puts: Array<{ index: string; key: string; item: Shape }>; deletes: Array<{ index: string; key: string }> };
  export function itemSize(item: Shape): number;
}
declare module 'dynalite/validations' {
  // biome-ignore lint/suspicious/noExplicitAny: requests as DynamoDB's JSON has them.
  type Shape = Record<string, any>;
  export function checkTypes(data: Shape, types: Shape): Shape;
  export function checkValidations(data: Shape, types: Shape, custom: unknown, store: unknown): void;
}
