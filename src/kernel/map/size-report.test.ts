import { describe, expect, it } from 'vitest';
import { sizeReport } from './size-report.ts';

describe('sizes', () => {
  it('a directory may have more directories than a call takes arguments', () => {
    const inner = { name: 'd', directories: [], files: [{ name: 'f', bytes: 1, layer: 0, run: 0, kind: 'text' }] };
    const directories = Array.from({ length: 500_000 }, () => inner);
    const { root, groups } = sizeReport({ name: '', directories, files: [] }, ({ kind }) => kind);
    expect([root.bytes, root.files, groups]).toEqual([500_000, 500_000, [{ key: 'text', bytes: 500_000, files: 500_000 }]]);
  });
});
