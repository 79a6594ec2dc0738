import { dependencyOrder } from '../../local/assembly/order';

const order = (graph: Record<string, string[]>) => dependencyOrder(Object.keys(graph), (node) => graph[node] ?? []);

test('what is depended on comes first, the rest as given', () => {
  expect(order({ machine: ['function', 'role'], function: ['table', 'role'], role: [], table: [], topic: [] })).toEqual(
    ['table', 'role', 'function', 'machine', 'topic'],
  );
});

test('what is not among the nodes does not count', () => {
  expect(order({ a: ['AWS::Region', 'Parameter'] })).toEqual(['a']);
});

test('a cycle is reported with its path', () => {
  expect(() => order({ start: ['a'], a: ['b'], b: ['c'], c: ['a'] })).toThrow('Circular dependency: a -> b -> c -> a');
});
