import { MemoryKvBackend, MemoryKvDisk } from './memory-kv.ts';
import { kvConformance } from './testing/kv-conformance.ts';

kvConformance('MemoryKvBackend', () => {
  const disk = new MemoryKvDisk();
  return { backend: () => new MemoryKvBackend(disk), crash: () => undefined };
});
