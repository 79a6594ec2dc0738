import fc from 'fast-check';
import { Store } from '../../local/runtime/store';
import { TaskTokens } from '../../local/runtime/tokens';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';

describe('task tokens', () => {
  const tokens = new TaskTokens(Store.open());

  it('stand for one task of one execution, always the same text', () => {
    const token = tokens.mint(ARN, 7);
    expect(tokens.mint(ARN, 7)).toBe(token);
    expect(tokens.open(token)).toEqual({ executionArn: ARN, task: 7 });
    expect(tokens.mint(ARN, 8)).not.toBe(token);
  });

  it('are text that a URL parameter, a header and a form take, and short enough for AWS', () => {
    const longest = `arn:aws:states:us-gov-west-1:123456789012:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
    expect(tokens.mint(longest, 24_999)).toMatch(/^[A-Za-z0-9+/]{1,2046}=*$/);
  });

  it('are known to the store that minted them only', () => {
    const store = Store.open();
    const token = new TaskTokens(store).mint(ARN, 1);
    expect(new TaskTokens(store).open(token)).toBeDefined();
    expect(tokens.open(token)).toBeUndefined();
  });

  it('open however many were minted since, and in the next process', () => {
    const store = Store.open();
    const busy = new TaskTokens(store);
    const tokens = Array.from({ length: 3000 }, (_, task) => busy.mint(ARN, task));
    for (const opener of [busy, new TaskTokens(store)]) {
      expect(tokens.map((token) => opener.open(token))).toEqual(tokens.map((_, task) => ({ executionArn: ARN, task })));
    }
  });

  it('open for no other text', () => {
    const token = tokens.mint(ARN, 1);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABab01+/= \n'), (at, letter) => {
        const other = token.slice(0, at) + letter + token.slice(at + 1);
        expect(tokens.open(other)).toEqual(other === token ? { executionArn: ARN, task: 1 } : undefined);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => expect(tokens.open(text)).toBeUndefined()));
    expect(tokens.open(`${token}AAAA`)).toBeUndefined();
    expect(tokens.open(`${token} `)).toBeUndefined();
  });
});
