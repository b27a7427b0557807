import { describe, expect, it } from 'vitest';
import { searchFiles } from './search-files.ts';

const nodes = ['/home/report.csv', '/home/data/orders.csv', '/bin/hello-rust.wasm', '/home/reports'].map((path) => ({
  path, name: path.slice(path.lastIndexOf('/') + 1), origin: 'base' as const,
  kind: path === '/home/reports' ? ('directory' as const) : ('file' as const),
}));

describe('searchFiles', () => {
  it('prefers the start of the name, then the name, then the path, then letters in order', () => {
    expect(searchFiles(nodes, 'report')).toEqual(['/home/report.csv']);
    expect(searchFiles(nodes, 'csv')).toEqual(['/home/report.csv', '/home/data/orders.csv']);
    expect(searchFiles(nodes, 'data ord')).toEqual(['/home/data/orders.csv']);
    expect(searchFiles(nodes, 'hlrw')).toEqual(['/bin/hello-rust.wasm']);
    expect(searchFiles(nodes, '')).toEqual([]);
  });
});
