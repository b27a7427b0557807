import { describe, expect, it } from 'vitest';
import { BYTES_MAX, shownText } from './policy-text.ts';

const of = (text: string) => shownText(new TextEncoder().encode(text));

describe('QU12 a policy that is not shown whole says so', () => {
  it('is shown whole', () => expect(of('[[rule]]\ndecision = "deny"\n')).toEqual({ lines: ['[[rule]]', 'decision = "deny"', ''], hidden: null }));
  it.each([
    ['many lines', `${'#\n'.repeat(500)}rule`, 'what follows the first 200 lines'],
    ['many bytes in few lines', `${`#${'x'.repeat(290)}\n`.repeat(150)}#${' '.repeat(BYTES_MAX)}rule`, 'what follows the first 64 KiB, the middle of long lines'],
    ['a long line', `#\nrule = [${' '.repeat(400)}{ decision = "allow", action = "any" }${' '.repeat(400)}]`, 'the middle of long lines'],
  ])('%s', (_, text, hidden) => expect(of(text).hidden).toBe(hidden));
});
