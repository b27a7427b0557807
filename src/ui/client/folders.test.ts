import { describe, expect, it } from 'vitest';
import { mountName } from './folders.ts';

describe('the name of a mount', () => {
  it.each([
    ['work', 'work'], ['My Documents', 'My-Documents'], ['.config', 'config'], ['Größe', 'Gro-e'], ['日本', 'folder'], ['', 'folder'], ['a'.repeat(80), 'a'.repeat(64)], ['x/../y', 'x-..-y'],
  ])('of %j is %j', (label, name) => expect(mountName(label)).toBe(name));
});
