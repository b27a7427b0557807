import { describe, expect, test } from 'vitest';
import { fileServiceConformance } from '../testing/index.ts';
import { MemoryService } from './index.ts';

let now = 1n;
const clock = { realtime: () => now++, monotonic: () => 0 };

fileServiceConformance('memory', () => new MemoryService({ dev: 7, clock }), {
  writable: true, symlinks: true, links: true, times: true,
});

describe('memory', () => {
  test('is bounded: ENOSPC, and room again after unlink', () => {
    const service = new MemoryService({ dev: 7, clock, limit: 1000 });
    const file = service.create(service.root(), 'a');
    service.write(file, 0, new Uint8Array(900));
    expect(() => service.write(file, 900, new Uint8Array(200))).toThrow(/ENOSPC/);
    expect(service.stat(file).size).toBe(900);
    service.unlink(service.root(), 'a');
    service.write(service.create(service.root(), 'b'), 0, new Uint8Array(900));
  });

  test('a removed directory takes no names', () => {
    const service = new MemoryService({ dev: 7, clock });
    const dir = service.mkdir(service.root(), 'd');
    service.retain(dir);
    service.rmdir(service.root(), 'd');
    expect(() => service.create(dir, 'a')).toThrow(/ENOENT/);
    service.release(dir);
    expect(() => service.stat(dir)).toThrow(/ESTALE/);
  });
});
