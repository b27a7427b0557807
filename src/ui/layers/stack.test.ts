import { describe, expect, it } from 'vitest';
import type { LayerInfo } from '../../shared/abi/index.ts';
import { countsOf, movedOrder, stackOf } from './stack.ts';

const layer = (id: number, name: string, kind: LayerInfo['kind'], entries = 0, whiteouts = 0): LayerInfo => ({ id, name, kind, created: 0, entries, whiteouts });
const layers = [layer(0, 'base', 'base'), layer(1, 'one', 'frozen'), layer(2, 'two', 'imported'), layer(3, 'upper', 'upper'), layer(4, 'try', 'session'), layer(5, 'line', 'branch'), layer(-1, 'work', 'folder')];

describe('the stack of layers', () => {
  it('is shown from the top, with what is beside it apart', () => {
    const { stack, beside } = stackOf(layers);
    expect(stack.map(({ name }) => name)).toEqual(['upper', 'two', 'one', 'base']);
    expect(beside.map(({ name }) => name)).toEqual(['try', 'line', 'work']);
  });

  it('counts in words', () => {
    expect([layer(1, 'a', 'frozen'), layer(1, 'a', 'frozen', 1, 2), layer(1, 'a', 'frozen', 0, 1)].map(countsOf)).toEqual(['empty', '1 name, 2 deletions', '1 deletion']);
  });

  it('moves a layer by a place, not over the base nor the upper', () => {
    const { stack } = stackOf(layers);
    expect(movedOrder(stack, 'one', 'up')).toEqual(['two', 'one']);
    expect(movedOrder(stack, 'two', 'down')).toEqual(['two', 'one']);
    expect([movedOrder(stack, 'two', 'up'), movedOrder(stack, 'one', 'down'), movedOrder(stack, 'upper', 'down'), movedOrder(stack, 'none', 'up')]).toEqual([null, null, null, null]);
  });
});
