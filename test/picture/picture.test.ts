import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StateMachine } from '../../local/asl/model';
import { graphOf } from '../../local/picture/graph';
import { layoutBlock, type PlacedBlock } from '../../local/picture/layout';
import { drawStateMachine, TooLargeToDraw } from '../../local/picture/svg';

const machine: StateMachine = {
  StartAt: 'Lend',
  States: {
    Lend: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Next: 'SideBySide',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Broken' }],
    },
    SideBySide: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Left', States: { Left: { Type: 'Wait', Seconds: 1, End: true } } },
        {
          StartAt: 'Right',
          States: {
            Right: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'One' }], Default: 'Other' },
            One: { Type: 'Succeed' },
            Other: { Type: 'Fail' },
          },
        },
      ],
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } },
      End: true,
    },
    Broken: { Type: 'Fail' },
  },
};

function overlaps(block: PlacedBlock): string[] {
  const found: string[] = [];
  block.nodes.forEach((a, index) => {
    for (const b of block.nodes.slice(index + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      if (!apart) found.push(`${a.node.id} and ${b.node.id}`);
    }
    for (const { x, y, block: inner } of a.inner) {
      if (x < 0 || y < 0 || x + inner.width > a.width || y + inner.height > a.height) found.push(`inside ${a.node.id}`);
      found.push(...overlaps(inner));
    }
  });
  return found;
}

test('every state is drawn once, nothing overlaps, branches lie side by side in their order', () => {
  const placed = layoutBlock(graphOf(machine));
  expect(overlaps(placed)).toEqual([]);
  const parallel = placed.nodes.find(({ node }) => node.id === 'SideBySide');
  const starts = parallel?.inner.map(({ x, block }) => [x, block.nodes[0]?.node.id]);
  expect(starts?.map(([, id]) => id)).toEqual(['Left', 'Right']);
  expect(Number(starts?.[0]?.[0])).toBeLessThan(Number(starts?.[1]?.[0]));
  const svg = drawStateMachine(machine, 'Sample');
  for (const name of ['Lend', 'SideBySide', 'Left', 'Right', 'One', 'Other', 'Each', 'Item', 'Broken']) {
    expect(svg.match(new RegExp(`>${name}</text>`, 'g'))).toHaveLength(1);
  }
});

test('the ways out of a state are told apart: next, choice, default, catch', () => {
  const { edges, nodes } = graphOf(machine);
  expect(edges).toContainEqual({ from: 'Lend', to: 'Broken', kind: 'catch', label: 'any error' });
  expect(edges).toContainEqual({ from: 'Lend', to: 'SideBySide', kind: 'next', label: '' });
  const right = nodes.find((node) => node.id === 'SideBySide')?.inner[1];
  expect(right?.edges).toEqual([
    { from: 'Right', to: 'One', kind: 'choice', label: '$.n NumericEquals 1' },
    { from: 'Right', to: 'Other', kind: 'default', label: 'otherwise' },
  ]);
});

test('what is too long for a picture says so', () => {
  const names = Array.from({ length: 5000 }, (_, n) => `S${n}`);
  const States: StateMachine['States'] = { S5000: { Type: 'Succeed' } };
  names.forEach((name, n) => {
    States[name] = { Type: 'Pass', Next: `S${n + 1}` };
  });
  const long = { StartAt: 'S0', States };
  expect(() => drawStateMachine(long, 'long')).toThrow(TooLargeToDraw);
});

test('names and labels are escaped', () => {
  const svg = drawStateMachine(
    { StartAt: '<script>&"', States: { '<script>&"': { Type: 'Succeed' } } },
    '</title><script>alert(1)</script>',
  );
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('&#60;script&#62;&#38;&#34;');
});

test('the pictures in docs are those of the definitions; npm run pictures draws them again', () => {
  const root = resolve(__dirname, '../..');
  const names = readdirSync(join(root, 'statemachines')).map((file) => file.replace('.asl.json', ''));
  expect(names).toContain('library-loan');
  for (const name of names) {
    const definition = JSON.parse(readFileSync(join(root, `statemachines/${name}.asl.json`), 'utf8'));
    expect(readFileSync(join(root, `docs/pictures/${name}.svg`), 'utf8')).toBe(drawStateMachine(definition, name));
  }
});
