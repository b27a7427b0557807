import { describe, expect, test } from 'vitest';
import { SubjectIndex } from './subject-index.ts';
import { matchesTokens } from '../../shared/bus/index.ts';
import { Random } from '../../shared/testing/random.ts';

describe.each([1, 2, 3, 4, 5])('index against naive matching, seed %i', (seed) => {
  test('finds exactly the patterns that match', () => {
    const numbers = new Random(seed);
    const random = (): number => numbers.next();
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const tokensOf = (words: readonly string[]) =>
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(words));
    const index = new SubjectIndex<number>();
    const patterns = new Map<number, string[]>();
    for (let step = 0; step < 3000; step++) {
      const dice = random();
      if (dice < 0.2) {
        const pattern = tokensOf(['a', 'b', 'c', '*']);
        if (random() < 0.3) pattern[pattern.length - 1] = '>';
        patterns.set(step, pattern);
        index.add(pattern, step);
      } else if (dice < 0.35 && patterns.size > 0) {
        const id = pick([...patterns.keys()]);
        index.remove(patterns.get(id) as string[], id);
        patterns.delete(id);
      } else {
        const subject = tokensOf(['a', 'b', 'c', 'd']);
        const expected = [...patterns].filter(([, pattern]) => matchesTokens(pattern, subject)).map(([id]) => id);
        expect([...index.match(subject.join('.')).items].sort((x, y) => x - y)).toEqual(expected);
      }
    }
  });
});
