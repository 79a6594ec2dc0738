import { checkMembers } from '../../local/services/members';

const types = { Name: 'text', Names: 'texts', Items: 'structures', Options: 'structure', Tags: 'map' } as const;
const check = (input: object) => () => checkMembers(input, types);

it.each([
  {},
  { Name: null, Names: ['a'], Items: [{ Name: 'b' }], Options: { Other: 1 } },
  { Tags: { Name: 1, Items: 'own names' } },
])('takes %j', (input) => {
  expect(check(input)).not.toThrow();
});

it.each([
  { Name: 1 },
  { Names: 'a' },
  { Names: [null] },
  { Items: [null] },
  { Items: [{ Name: {} }] },
  { Options: [] },
])('refuses %j', (input) => {
  expect(check(input)).toThrow(expect.objectContaining({ code: 'SerializationException', status: 400 }));
});
