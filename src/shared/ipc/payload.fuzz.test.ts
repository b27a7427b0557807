import { decode as cborgDecode, encode as cborgEncode } from 'cborg';
import { decode as packDecode, encode as packEncode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { FsError } from '../base/index.ts';
import { Random } from '../testing/random.ts';
import { decodePayload, encodePayload, jsonText, withPrefix } from './index.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

function generator(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}

function valueOf(random: () => number, depth = 0): unknown {
  const dice = Math.floor(random() * (depth > 4 ? 7 : 9));
  const whole = Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 53));
  switch (dice) {
    case 0: return null;
    case 1: return random() < 0.5;
    case 2: return whole === 0 ? 0 : whole;
    case 3: return (random() - 0.5) * 10 ** Math.floor(random() * 300);
    case 4: return Math.fround(random());
    case 5: return textOf(random);
    case 6: return Uint8Array.from({ length: Math.floor(random() ** 4 * 300) }, () => random() * 256);
    case 7: return Array.from({ length: Math.floor(random() * 7) }, () => valueOf(random, depth + 1));
    default: return Object.fromEntries(Array.from({ length: Math.floor(random() * 7) }, () => [textOf(random), valueOf(random, depth + 1)]));
  }
}

const textOf = (random: () => number): string =>
  Array.from({ length: Math.floor(random() * (random() < 0.1 ? 300 : 12)) }, () => ['a', '"', '\\', 'é', '😀', '\n', '漢', ':', '{', ','][Math.floor(random() * 10)]).join('');

/** Damage: bytes changed, taken out, put in, the end cut off. */
function damage(random: () => number, bytes: Uint8Array): Uint8Array {
  const list = [...bytes];
  for (let n = 1 + Math.floor(random() * 4); n > 0 && list.length > 0; n--) {
    const at = Math.floor(random() * list.length);
    const dice = random();
    if (dice < 0.5) list[at] = Math.floor(random() * 256);
    else if (dice < 0.7) list.splice(at, 1);
    else if (dice < 0.9) list.splice(at, 0, Math.floor(random() * 256));
    else list.length = at;
  }
  return Uint8Array.from(list);
}

describe.each(SEEDS)('payloads against other implementations, seed %i', (seed) => {
  test('CD7: what we write others read, what they write we read', () => {
    const random = generator(seed);
    for (let round = 0; round < 200; round++) {
      const value = valueOf(random);
      expect(cborgDecode(encodePayload(value, 'cbor').subarray(1))).toEqual(value);
      expect(packDecode(encodePayload(value, 'msgpack').subarray(2))).toEqual(value);
      expect(decodePayload(withPrefix('cbor', cborgEncode(value))).data).toEqual(value);
      expect(decodePayload(withPrefix('msgpack', packEncode(value))).data).toEqual(value);
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value, (_, member: unknown) => (member instanceof Uint8Array ? Buffer.from(member).toString('base64') : member))));
    }
  });

  test('HP5: damaged payloads are read or refused with an FsError, and what is read is data', () => {
    const random = generator(seed * 1000);
    let [read, refused] = [0, 0];
    for (let round = 0; round < 2000; round++) {
      const codec = (['json', 'cbor', 'msgpack'] as const)[round % 3]!;
      const payload = withPrefix(codec, damage(random, encodePayload(valueOf(random), codec).subarray(codec === 'cbor' ? 1 : 2)));
      try {
        jsonText(decodePayload(payload).data);
        read++;
      } catch (error) {
        if (!(error instanceof FsError)) throw new Error(`${codec} ${Buffer.from(payload).toString('hex')}`, { cause: error });
        expect(['EINVAL', 'E2BIG']).toContain(error.code);
        refused++;
      }
    }
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
