import { describe, expect, test } from 'vitest';
import { fileServiceConformance } from '../testing/index.ts';
import { DevService } from './index.ts';

const clock = { realtime: () => 5n, monotonic: () => 0 };
const random = { fill: (bytes: Uint8Array) => void bytes.fill(42) };
const make = () => new DevService({ dev: 3, clock, random });

fileServiceConformance('dev', make, { writable: false, file: ['null'] });

describe('dev', () => {
  const node = (service: DevService, name: string) => service.lookup(service.root(), name);

  test('null, zero, full, random', () => {
    const service = make();
    expect(service.read(node(service, 'null'), 0, 10).length).toBe(0);
    expect([...service.read(node(service, 'zero'), 99, 3)]).toEqual([0, 0, 0]);
    expect([...service.read(node(service, 'urandom'), 0, 2)]).toEqual([42, 42]);
    expect(service.write(node(service, 'null'), 0, new Uint8Array(9))).toBe(9);
    expect(() => service.write(node(service, 'full'), 0, new Uint8Array(1))).toThrow(/ENOSPC/);
    expect(service.read(node(service, 'random'), 0, 1e9).length).toBe(1 << 20);
  });

  test('tty belongs to a caller', () => {
    const service = make();
    expect(service.isTty(node(service, 'tty'))).toBe(true);
    expect(service.isTty(node(service, 'null'))).toBe(false);
    expect(() => service.read(node(service, 'tty'), 0, 1)).toThrow(/ENXIO/);
  });
});
