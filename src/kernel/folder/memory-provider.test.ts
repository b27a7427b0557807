import { expect, it } from 'vitest';
import { MemoryProvider } from './memory-provider.ts';
import { providerConformance } from './testing/provider-conformance.ts';

providerConformance('MemoryProvider', async () => {
  const provider = new MemoryProvider();
  return { provider, put: async (path, text) => provider.put(path, text), makeDirectory: async (path) => provider.put(path) };
});

it('FP8 a folder whose permission is gone is EACCES, also in the middle of writing a file, which is as it was then', async () => {
  const provider = new MemoryProvider();
  provider.put('a', 'old');
  const stat = (await provider.stat('a'))!;
  async function* revoked(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3);
    provider.access = 'ask';
  }
  await expect(provider.write('a', revoked(), stat)).rejects.toMatchObject({ code: 'EACCES' });
  await expect(provider.read('a', stat, 0, 3)).rejects.toMatchObject({ code: 'EACCES' });
  expect(provider.contents()).toEqual({ a: 'old' });
});

it('FP9 a folder that ignores case has one file under both names', async () => {
  const provider = new MemoryProvider({ ignoreCase: true });
  provider.put('Straße.TXT', 'x');
  expect(await provider.stat('STRASSE.txt')).toMatchObject({ kind: 'file' });
  await expect(provider.mkdir('straße.txt')).rejects.toMatchObject({ code: 'EEXIST' });
});
