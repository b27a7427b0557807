import { describe, expect, it } from 'vitest';
import type { KvBackend } from '../../contract/index.ts';
import { KEY_MAX, VALUE_MAX } from '../keys.ts';
import { KvStore } from '../kv-store.ts';
import { SeededRandom } from '../../storage/testing/random.ts';

/** One persistent place; `backend()` gives a new backend over it, as a new session would. */
export interface KvPlace {
  backend(): KvBackend;
  /** Lets go of whatever is open without closing it. */
  crash(): void;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array | null): string | null => value && new TextDecoder().decode(value);
const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys that others get wrong; all are possible. */
const HOSTILE = [
  '', '\0', '\0\0', 'a', 'a\0', 'a\0b', 'aa', 'ab', '__proto__', 'constructor', 'toString', '/', '../..', 'é', 'e\u0301', '\u007f', '\u0080', '\ud7ff',
  '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\u{10ffff}\u{10ffff}', 'x'.repeat(KEY_MAX), '\u{1f600}'.repeat(KEY_MAX / 4), '\ufeff', '\r\n', '"', "';--",
];

/** What the store must do over every backend: rules KV* of SPEC.md. */
export function kvConformance(name: string, make: () => KvPlace): void {
  const opened = (): { place: KvPlace; store: KvStore } => {
    const place = make();
    return { place, store: new KvStore(place.backend(), true) };
  };
  const restarted = async (place: KvPlace, store: KvStore, kill: boolean): Promise<KvStore> => {
    if (kill) place.crash();
    else await store.close();
    return new KvStore(place.backend(), true);
  };

  describe(`${name}: key-value conformance`, () => {
    it('KV1 gives back bytes as they were set, shares nothing, and says what is not there', async () => {
      const { store } = opened();
      const value = Uint8Array.from({ length: 256 }, (_, i) => i);
      const stored = store.set('a', 'k', value);
      value.fill(0);
      await stored;
      const first = await store.get('a', 'k');
      expect(first).toEqual(Uint8Array.from({ length: 256 }, (_, i) => i));
      first!.fill(1);
      expect((await store.get('a', 'k'))![255]).toBe(255);
      expect([await store.get('a', 'other'), await store.get('b', 'k'), await store.has('a', 'k'), await store.has('b', 'k')]).toEqual([null, null, true, false]);
      expect([await store.delete('a', 'k'), await store.delete('a', 'k'), await store.get('a', 'k')]).toEqual([true, false, null]);
      await store.set('a', 'empty', new Uint8Array(0));
      expect([await store.get('a', 'empty'), await store.has('a', 'empty')]).toEqual([new Uint8Array(0), true]);
      await store.close();
    });

    it('KV2 takes any well-formed key, and refuses what is none or too long', async () => {
      const { store } = opened();
      for (const key of HOSTILE) await store.set('hostile', key, bytes(`of ${key.length}`), { durable: false });
      for (const key of HOSTILE) expect(text(await store.get('hostile', key))).toBe(`of ${key.length}`);
      expect(await store.keys('hostile')).toEqual([...HOSTILE].sort(byUtf8));
      for (const [key, code] of [['\ud800', 'EILSEQ'], ['a\udc00b', 'EILSEQ'], ['x'.repeat(KEY_MAX + 1), 'ENAMETOOLONG'], ['é'.repeat(KEY_MAX / 2 + 1), 'ENAMETOOLONG'], [7, 'EINVAL'], [null, 'EINVAL']] as const) {
        await expect(store.set('hostile', key as string, bytes('x'))).rejects.toMatchObject({ code });
        await expect(store.get('hostile', key as string)).rejects.toMatchObject({ code });
        await expect(store.keys('hostile', { after: key as string })).rejects.toMatchObject({ code });
      }
      for (const namespace of ['', ' ', 'a b', 'ü', '.a', 'x'.repeat(129), 3, null]) await expect(store.get(namespace as string, 'k')).rejects.toMatchObject({ code: 'EINVAL' });
      for (const value of ['text', null, undefined, {}, [1], new Uint16Array(2)]) await expect(store.set('hostile', 'k', value as Uint8Array)).rejects.toMatchObject({ code: 'EINVAL' });
      await expect(store.set('hostile', 'k', new Uint8Array(VALUE_MAX + 1))).rejects.toMatchObject({ code: 'EFBIG' });
      await store.close();
    });

    it('KV3 lists in the order of UTF-8 bytes, by prefix, page by page', async () => {
      const { store } = opened();
      const keys = ['a', 'a/', 'a/1', 'a/1/x', 'a/\uffff', 'a/\u{10000}', 'a0', 'b'];
      await store.batch('list', [...keys].reverse().map((key) => ({ key, value: bytes(key) })));
      await store.batch('list2', [{ key: 'a/2', value: bytes('x') }]);
      expect(await store.keys('list', { prefix: 'a/' })).toEqual(['a/', 'a/1', 'a/1/x', 'a/\uffff', 'a/\u{10000}']);
      const page = await store.scanPrefix('list', 'a/', { limit: 2 });
      expect([page.entries.map(({ key, value }) => [key, text(value)]), page.next]).toEqual([[['a/', 'a/'], ['a/1', 'a/1']], 'a/1']);
      const rest = await store.scanPrefix('list', 'a/', { after: page.next! });
      expect([rest.entries.map(({ key }) => key), rest.next]).toEqual([['a/1/x', 'a/\uffff', 'a/\u{10000}'], null]);
      expect(await store.keys('list', { prefix: 'a/', after: 'A' })).toHaveLength(5);
      expect(await store.keys('list', { prefix: 'a/', after: 'a0' })).toEqual([]);
      expect(await store.scanPrefix('list', 'nothing')).toEqual({ entries: [], next: null });
      for (const limit of [0, -1, 1.5, Number.NaN, '3']) await expect(store.keys('list', { limit: limit as number })).rejects.toMatchObject({ code: 'EINVAL' });
      await store.close();
    });

    it('KV3 a page ends before its values come to more than its bound', async () => {
      const { store } = opened();
      const large = new Uint8Array(6 * 1024 * 1024).fill(7);
      for (const key of ['1', '2', '3', '4']) await store.set('big', key, large, { durable: false });
      const first = await store.scanPrefix('big', '');
      expect([first.entries.length, first.next, first.entries[1]!.value.length]).toEqual([2, '2', large.length]);
      expect((await store.scanPrefix('big', '', { after: '2' })).next).toBeNull();
      await store.close();
    });

    it('KV4 a batch happens as a whole or not at all, in its order', async () => {
      const { store } = opened();
      await store.batch('b', [{ key: 'x', value: bytes('1') }, { key: 'y', value: bytes('2') }, { key: 'x', value: bytes('3') }, { key: 'y' }]);
      expect([text(await store.get('b', 'x')), await store.get('b', 'y')]).toEqual(['3', null]);
      await store.setQuota('b', { keys: 2 });
      await expect(store.batch('b', [{ key: 'x' }, { key: '1', value: bytes('1') }, { key: '2', value: bytes('2') }, { key: '3', value: bytes('3') }])).rejects.toMatchObject({ code: 'ENOSPC', detail: expect.stringMatching(/3 keys.*2/) });
      expect(await store.keys('b')).toEqual(['x']);
      await expect(store.batch('b', [{ key: 'ok', value: bytes('1') }, { key: '\ud800', value: bytes('1') }])).rejects.toMatchObject({ code: 'EILSEQ' });
      await expect(store.batch('b', Array.from({ length: 10_001 }, (_, i) => ({ key: String(i), value: bytes('') })))).rejects.toMatchObject({ code: 'E2BIG' });
      for (const hostile of [null, {}, [null], [3]]) await expect(store.batch('b', hostile as never)).rejects.toMatchObject({ code: 'EINVAL' });
      expect(await store.keys('b')).toEqual(['x']);
      await store.close();
    });

    it('KV5 a quota holds for bytes and keys, also for callers at one time; what shrinks is possible above it', async () => {
      const { store } = opened();
      await store.setQuota('q', { keys: 5, bytes: 100 });
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => store.set('q', `k${i}`, new Uint8Array(10))));
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(Array.from({ length: 20 }, (_, i) => i < 5));
      expect(await store.info('q')).toMatchObject({ keys: 5, bytes: 60, maxKeys: 5, maxBytes: 100 });
      await expect(store.set('q', 'k0', new Uint8Array(51))).rejects.toMatchObject({ code: 'ENOSPC', detail: expect.stringMatching(/101 bytes.*100/) });
      await store.set('q', 'k0', new Uint8Array(50));
      await store.setQuota('q', { bytes: 20 });
      await expect(store.set('q', 'k0', new Uint8Array(51))).rejects.toMatchObject({ code: 'ENOSPC' });
      await store.set('q', 'k0', new Uint8Array(49));
      await store.delete('q', 'k1');
      expect(await store.info('q')).toMatchObject({ keys: 4, bytes: 87, maxBytes: 20 });
      for (const quota of [{ keys: -1 }, { bytes: 0.5 }, { bytes: Number.NaN }, { keys: '7' as never }]) await expect(store.setQuota('q', quota)).rejects.toMatchObject({ code: 'EINVAL' });
      expect(await store.info('other')).toMatchObject({ keys: 0, bytes: 0, maxKeys: 1_000_000 });
      await store.close();
    });

    it('KV6 calls take effect in their order; a read sees what was written before it', async () => {
      const { store } = opened();
      const writes = Array.from({ length: 300 }, (_, i) => store.set('o', 'k', bytes(String(i)), { durable: i % 2 === 0 }));
      expect(text(await store.get('o', 'k'))).toBe('299');
      const gone = store.delete('o', 'k');
      expect(await store.has('o', 'k')).toBe(false);
      void store.set('o', 'z', bytes('1'));
      expect(await store.keys('o')).toEqual(['z']);
      await Promise.all([...writes, gone]);
      expect((await store.info('o')).keys).toBe(1);
      await store.close();
    });

    for (const kill of [false, true]) {
      it(`KV7 what was acknowledged is there in the next session${kill ? ', after a kill too' : ''}`, async () => {
        const { place, store } = opened();
        await store.batch('p', Array.from({ length: 500 }, (_, i) => ({ key: `k${i}`, value: bytes(`${i}`) })));
        await store.delete('p', 'k7');
        await store.setQuota('p', { keys: 600 });
        await store.set('p', 'large', new Uint8Array(300_000).fill(9));
        const next = await restarted(place, store, kill);
        expect((await next.keys('p')).length).toBe(500);
        expect([text(await next.get('p', 'k499')), await next.get('p', 'k7'), (await next.get('p', 'large'))![299_999]]).toEqual(['499', null, 9]);
        expect(await next.info('p')).toMatchObject({ keys: 500, maxKeys: 600 });
        expect(await next.namespaces()).toEqual(['p']);
        await next.clear('p');
        await next.set('p', 'after', bytes('x'));
        expect(await (await restarted(place, next, kill)).keys('p')).toEqual(['after']);
      });
    }

    it('KV8 one who does not own the workspace reads what the owner wrote, and writes nothing', async () => {
      const { place, store } = opened();
      const follower = new KvStore(place.backend(), false);
      expect([await follower.get('f', 'k'), await follower.keys('f'), await follower.namespaces()]).toEqual([null, [], []]);
      for (let i = 0; i < 3; i++) {
        await store.set('f', 'k', bytes(`${i}`));
        expect(text(await follower.get('f', 'k'))).toBe(`${i}`);
      }
      for (const write of [() => follower.set('f', 'k', bytes('no')), () => follower.delete('f', 'k'), () => follower.batch('f', []), () => follower.clear('f'), () => follower.setQuota('f', {})]) {
        await expect(write()).rejects.toMatchObject({ code: 'EROFS' });
      }
      expect(await follower.info('f')).toMatchObject({ keys: 1, bytes: 2 });
      await follower.close();
      await store.close();
    });

    it('KV8 ownership goes from one to the other and back; each finds what the other wrote', async () => {
      const { place, store: a } = opened();
      const b = new KvStore(place.backend(), false);
      let model = 0;
      for (let turn = 0; turn < 6; turn++) {
        const [from, to] = turn % 2 === 0 ? [a, b] : [b, a];
        const late = Array.from({ length: 20 }, () => from.set('t', 'n', bytes(String(++model))));
        await from.has('t', 'n');
        await from.loseOwnership();
        await Promise.all(late);
        await expect(from.set('t', 'n', bytes('late'))).rejects.toMatchObject({ code: 'EROFS' });
        await to.gainOwnership();
        expect(text(await to.get('t', 'n'))).toBe(String(model));
        await to.set('t', 'n', bytes(String(++model)));
        expect(text(await from.get('t', 'n'))).toBe(String(model));
      }
      await a.close();
      await b.close();
    });

    it('KV9 an unopened or closed backend is EIO', async () => {
      const backend = make().backend();
      await expect(backend.get('a', 'k')).rejects.toMatchObject({ code: 'EIO' });
      await backend.open(true);
      await backend.close();
      await expect(backend.scan('a', { prefix: '', limit: 1, maxBytes: 1, values: true })).rejects.toMatchObject({ code: 'EIO' });
      await expect(backend.transact([], () => null, true)).rejects.toMatchObject({ code: 'EIO' });
    });

    for (const seed of [1, 2, 3]) {
      it(`KV10 agrees with a naive model over random operations, seed ${seed}`, async () => {
        await againstModel(opened, restarted, seed);
      });
    }
  });
}

async function againstModel(opened: () => { place: KvPlace; store: KvStore }, restarted: (place: KvPlace, store: KvStore, kill: boolean) => Promise<KvStore>, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const { place, store: first } = opened();
  let store = first;
  const model = new Map<string, Map<string, string>>([['m', new Map()], ['n', new Map()]]);
  const pick = <T>(list: readonly T[]): T => random.pick(list)!;
  const value = (): string => pick(['', 'x', 'longer '.repeat(9), 'v'.repeat(70_000)]) + Math.floor(random.next() * 1e6);
  for (let step = 0; step < 150; step++) {
    const namespace = pick(['m', 'n']);
    const map = model.get(namespace)!;
    const key = pick(HOSTILE);
    const choice = random.next();
    if (choice < 0.45) {
      const written = value();
      map.set(key, written);
      await store.set(namespace, key, bytes(written), { durable: random.next() < 0.3 });
    } else if (choice < 0.6) {
      expect(await store.delete(namespace, key)).toBe(map.delete(key));
    } else if (choice < 0.75) {
      const writes = Array.from({ length: 5 }, () => ({ key: pick(HOSTILE), value: random.next() < 0.3 ? null : value() }));
      for (const write of writes) {
        if (write.value === null) map.delete(write.key);
        else map.set(write.key, write.value);
      }
      await store.batch(namespace, writes.map((write) => ({ key: write.key, value: write.value === null ? null : bytes(write.value) })));
    } else if (choice < 0.78) {
      map.clear();
      await store.clear(namespace);
    } else if (choice < 0.84) {
      store = await restarted(place, store, random.next() < 0.5);
    } else {
      const prefix = [...key].slice(0, Math.floor(random.next() * 3)).join('');
      const sorted = [...map.keys()].sort(byUtf8).filter((each) => each.startsWith(prefix));
      const page = await store.scanPrefix(namespace, prefix, { limit: 10_000 });
      expect(page.entries.map((entry) => [entry.key, text(entry.value)])).toEqual(sorted.map((each) => [each, map.get(each)]));
    }
    const size = [...map].reduce((sum, [each, held]) => sum + Buffer.byteLength(each) + held.length, 0);
    expect(await store.info(namespace), `step ${step}`).toMatchObject({ keys: map.size, bytes: size });
  }
  await store.close();
}
