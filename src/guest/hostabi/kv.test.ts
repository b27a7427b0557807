import { describe, expect, it } from 'vitest';
import type { SyscallRequest } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const DATA_MAX = 65536;
const decoder = new TextDecoder();

/** The kernel's side of the calls, for one namespace. */
class Pairs {
  readonly pairs = new Map<string, Uint8Array>();
  readonly ops: string[] = [];
  #staged: Uint8Array[] = [];
  /** Called before each part of a value. */
  beforePart: (from: number) => void = () => undefined;

  answer(request: SyscallRequest, data: Uint8Array = new Uint8Array(0)): { errno?: number; value?: unknown; data?: Uint8Array } | undefined {
    this.ops.push(request.op);
    if (request.op === 'stage') {
      this.#staged.push(data.slice());
      return {};
    }
    const whole = Uint8Array.from([...this.#staged.splice(0).flatMap((part) => [...part]), ...data]);
    if (request.op === 'kv-get') return this.#get(request.key, request.from);
    if (request.op === 'kv-write') return { value: this.#write(whole) };
    return request.op === 'kv-scan' ? this.#scan(request.after, request.length) : undefined;
  }

  #get(key: string, from: number): { errno?: number; value?: unknown; data?: Uint8Array } {
    this.beforePart(from);
    const value = this.pairs.get(key);
    return value ? { value: value.length, data: value.slice(from, from + DATA_MAX) } : { errno: Errno.ENOENT };
  }

  #write(records: Uint8Array): number {
    const view = new DataView(records.buffer);
    let changed = 0;
    for (let from = 0; from < records.length;) {
      const [keyLength, valueLength] = [view.getUint32(from, true), view.getUint32(from + 4, true)];
      const key = decoder.decode(records.subarray(from + 8, from += 8 + keyLength));
      if (valueLength === 0xffff_ffff) changed += this.pairs.delete(key) ? 1 : 0;
      else {
        this.pairs.set(key, records.slice(from, from += valueLength));
        changed++;
      }
    }
    return changed;
  }

  #scan(after: string, length: number): { value: unknown; data: Uint8Array } {
    const next = [...this.pairs.keys()].sort().find((key) => key > after);
    if (next === undefined) return { value: 0, data: new Uint8Array(0) };
    const value = this.pairs.get(next)!;
    const head = new Uint8Array(8 + next.length);
    new DataView(head.buffer).setUint32(0, next.length, true);
    new DataView(head.buffer).setUint32(4, value.length, true);
    head.set(new TextEncoder().encode(next), 8);
    const size = head.length + value.length;
    return size > length ? { value: size, data: head } : { value: 0, data: Uint8Array.from([...head, ...value]) };
  }
}

function start(): { rig: Rig; pairs: Pairs; set: (key: string, value: Uint8Array) => number; get: (key: string, room: number) => number } {
  const pairs = new Pairs();
  const rig = new Rig({ pages: 64, kernel: (request, data) => pairs.answer(request, data) });
  return {
    rig, pairs,
    set: (key, value) => {
      rig.u8.set(value, at.DATA);
      return rig.host.astrid_kv_set(0, 0, ...rig.path(key), at.DATA, value.length, 0);
    },
    get: (key, room) => rig.host.astrid_kv_get(0, 0, ...rig.path(key), at.DATA, room, at.OUT),
  };
}

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255);

describe('pairs of keys and values', () => {
  it.each([0, 1, 1000, DATA_MAX - 9, DATA_MAX - 8, DATA_MAX, DATA_MAX + 1, 200_000])('HA7 a value of %i bytes is set and got as it is, in parts where it is long', (size) => {
    const { rig, pairs, set, get } = start();
    const value = bytes(size);
    expect(set('k', value)).toBe(0);
    expect(pairs.pairs.get('k')).toEqual(value);
    rig.u8.fill(0, at.DATA, at.DATA + size);
    expect(get('k', size)).toBe(0);
    expect([rig.out32(), rig.u8.slice(at.DATA, at.DATA + size)]).toEqual([size, value]);
    rig.close();
  });

  it('HA7 too small a buffer is ERANGE with the size that is needed, and nothing is written', () => {
    const { rig, set, get } = start();
    set('k', bytes(100));
    rig.u8.fill(1, at.DATA, at.DATA + 100);
    expect([get('k', 99), rig.out32(), rig.u8[at.DATA]]).toEqual([Errno.ERANGE, 100, 1]);
    expect([get('none', 99), rig.out32()]).toEqual([Errno.ENOENT, 100]);
    rig.close();
  });

  it('HA7 a value that changes its size while it is read is read again, and given up at last', () => {
    const { rig, pairs, set, get } = start();
    set('k', bytes(100_000));
    let changes = 0;
    pairs.beforePart = (from) => {
      if (from > 0 && changes++ < 2) pairs.pairs.set('k', bytes(100_000 + changes));
    };
    expect([get('k', 200_000), rig.out32()]).toEqual([0, 100_002]);
    pairs.beforePart = (from) => void (from > 0 && pairs.pairs.set('k', bytes(100_000 + ++changes)));
    expect(get('k', 200_000)).toBe(Errno.EAGAIN);
    rig.close();
  });

  it('HA7 an entry that is too long for one answer comes in a scan all the same', () => {
    const { rig, set } = start();
    set('long', bytes(150_000));
    set('short', bytes(3));
    const scan = (after: string, room: number): number => rig.host.astrid_kv_scan(0, 0, at.PATH, 0, ...rig.path2(after), at.DATA, room, at.OUT);
    expect([scan('', 150_011), rig.out32()]).toEqual([Errno.ERANGE, 150_012]);
    expect([scan('', 150_012), rig.out32(), rig.view.getUint32(at.DATA, true), rig.view.getUint32(at.DATA + 4, true)]).toEqual([0, 150_012, 4, 150_000]);
    expect(rig.u8.slice(at.DATA + 12, at.DATA + 150_012)).toEqual(bytes(150_000));
    expect([scan('long', 1000), rig.out32()]).toEqual([0, 16]);
    expect([scan('short', 1000), rig.out32()]).toEqual([0, 0]);
    rig.close();
  });

  it('deletes what is there, and says what is not', () => {
    const { rig, set, pairs } = start();
    set('k', bytes(3));
    expect(rig.host.astrid_kv_delete(0, 0, ...rig.path('k'), 0)).toBe(0);
    expect(rig.host.astrid_kv_delete(0, 0, ...rig.path('k'), 0)).toBe(Errno.ENOENT);
    expect([pairs.pairs.size, rig.host.astrid_kv_delete(0, 0, ...rig.path('k'), 4)]).toEqual([0, Errno.EINVAL]);
    rig.close();
  });
});
