import { describe, expect, it } from 'vitest';
import { diffTab, diffTitle, parseDiff, type DiffSpec } from './diff-spec.ts';

const SPECS: DiffSpec[] = [
  { kind: 'points', from: 12, to: 'now' }, { kind: 'points', from: 'before-lunch', to: 40, path: '/home' },
  { kind: 'run', run: 7, name: 'writer' }, { kind: 'run', run: 7, name: 'sh', children: true }, { kind: 'layer', layer: 'upper' },
];

describe('comparisons as tabs', () => {
  it.each(SPECS)('come back from their tab: %j', (spec) => {
    expect(parseDiff(diffTab(spec))).toEqual(spec);
  });

  it.each(['file:/a', 'diff:', 'diff:{', 'diff:null', 'diff:{"kind":"points","from":-1,"to":"now"}', 'diff:{"kind":"run","run":"7","name":"x"}', 'diff:{"kind":"layer"}'])('are none when damaged: %s', (id) => {
    expect(parseDiff(id)).toBeNull();
  });

  it('say what is compared', () => {
    expect(SPECS.map(diffTitle)).toEqual(['entry 12 → now', '“before-lunch” → entry 40', 'Changes of writer', 'Changes of sh and what it started', 'Layer upper']);
  });
});
