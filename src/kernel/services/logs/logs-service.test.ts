import { expect, test } from 'vitest';
import { fileServiceConformance } from '../testing/index.ts';
import { LogsService } from './index.ts';

const content = new TextEncoder().encode('{"seq":1}\n{"seq":2}\n');
const make = () => new LogsService({
  dev: 9, clock: { realtime: () => 5n, monotonic: () => 0 },
  audit: { size: async () => content.length, read: async (position, length) => content.subarray(position, position + length) },
});

fileServiceConformance('logs', make, { writable: false, file: ['audit'] });

test('AL4: the audit log is a file of lines that nobody can write', async () => {
  const service = make();
  const audit = service.lookup(service.root(), 'audit');
  expect([(await service.stat(audit)).size, new TextDecoder().decode(await service.read(audit, 10, 100)), (await service.read(audit, 20, 10)).length]).toEqual([20, '{"seq":2}\n', 0]);
  expect(service).not.toHaveProperty('write');
});
