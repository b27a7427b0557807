import { describe, expect, test } from 'vitest';
import {
  base64, codecOf, decodePayload, DEPTH_MAX, encodePayload, jsonText, MsgpackExtension, PAYLOAD_MAX, VALUES_MAX, withPrefix, type Codec,
} from './index.ts';

const bytes = (...values: (number | string)[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => (typeof value === 'number' ? [value] : [...new TextEncoder().encode(value)])));
const cbor = (...values: (number | string)[]): Uint8Array => withPrefix('cbor', bytes(...values));
const msgpack = (...values: (number | string)[]): Uint8Array => withPrefix('msgpack', bytes(...values));
const json = (text: string | Uint8Array): Uint8Array => withPrefix('json', typeof text === 'string' ? bytes(text) : text);
const repeat = (count: number, value: number): number[] => new Array<number>(count).fill(value);
const CODECS = ['json', 'cbor', 'msgpack'] as const;

describe('prefixes', () => {
  test.each<[Codec, number[]]>([['raw', [0x55]], ['json', [0x80, 0x04]], ['cbor', [0x51]], ['msgpack', [0x81, 0x04]]])('MC1: %s is %j', (codec, prefix) => {
    expect(codecOf(Uint8Array.from(prefix))).toBe(codec);
    expect([...encodePayload('x', codec).slice(0, prefix.length)]).toEqual(prefix);
  });

  test.each([[[]], [[0x80]], [[0x81, 0x05]], [[0x80, 0x84, 0x00]], [[0xd5, 0x00]], [[0x7b]], [[0x00]], [[0xff, 0xff, 0xff, 0xff, 0x0f]]])('MC2: %j is none', (prefix) => {
    expect(codecOf(Uint8Array.from(prefix))).toBeNull();
    expect(() => decodePayload(Uint8Array.from(prefix))).toThrow(/EINVAL/);
  });

  test('MC3: bytes are raw, all else is JSON, unless it is said', () => {
    expect(decodePayload(encodePayload(bytes(1, 2)))).toEqual({ codec: 'raw', data: bytes(1, 2) });
    expect(decodePayload(encodePayload('hi'))).toEqual({ codec: 'json', data: 'hi' });
    expect(decodePayload(encodePayload('hi', 'raw'))).toEqual({ codec: 'raw', data: bytes('hi') });
    expect(() => encodePayload({ a: 1 }, 'raw')).toThrow(/EINVAL/);
  });

  test('MC4: 16 MiB are the most, prefix included', () => {
    expect(encodePayload(new Uint8Array(PAYLOAD_MAX - 1)).length).toBe(PAYLOAD_MAX);
    expect(() => encodePayload(new Uint8Array(PAYLOAD_MAX))).toThrow(/EMSGSIZE/);
    for (const codec of CODECS) expect(() => encodePayload('x'.repeat(PAYLOAD_MAX), codec)).toThrow(/EMSGSIZE/);
    expect(() => decodePayload(new Uint8Array(PAYLOAD_MAX + 1).fill(0x55))).toThrow(/EMSGSIZE/);
  });
});

describe('values', () => {
  const samples: unknown[] = [
    null, true, false, 0, 1, 23, 24, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -24, -25, -32, -33, -128, -129, -32768,
    -32769, -(2 ** 31), -(2 ** 31) - 1, Number.MIN_SAFE_INTEGER, 0.5, 0.1, 1e300, '', 'hi', 'é\u0000\n"', '😀'.repeat(50), 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(300), 'x'.repeat(70000),
    [], [1, [2, [3]]], new Array(20).fill(0), new Array(70000).fill(1), {}, { a: 1, b: { c: [null, 'd'] } }, { constructor: 1, hasOwnProperty: 2 },
    Object.fromEntries(new Array(300).fill(0).map((_, n) => [`k${n}`, n])),
  ];
  test.each(CODECS)('CD1: %s gives back what was put in', (codec) => {
    for (const sample of samples) expect(decodePayload(encodePayload(sample, codec))).toEqual({ codec, data: sample });
  });

  test.each(['cbor', 'msgpack'] as const)('CD2: %s keeps bytes, whole numbers of 64 bits, -0, NaN and the infinities', (codec) => {
    for (const sample of [bytes(), bytes(1, 2, 3), new Uint8Array(300), new Uint8Array(70000), 2n ** 64n - 1n, 2n ** 53n, -(2n ** 63n), -0, NaN, Infinity, -Infinity, 1e-320]) {
      expect(decodePayload(encodePayload(sample, codec)).data).toEqual(sample);
    }
    expect(() => encodePayload(2n ** 64n, codec)).toThrow(/EINVAL/);
    expect(() => encodePayload(-(2n ** 65n), codec)).toThrow(/EINVAL/);
  });

  test('CD3: what JSON does not have', () => {
    expect(jsonText({ a: bytes(1, 2), b: 2n ** 64n, c: NaN, d: undefined, e: [undefined], f: new Map([['k', 1n]]), g: new Date(0), h: new MsgpackExtension(5, bytes(7)) })).toBe(
      '{"a":"AQI=","b":18446744073709551616,"c":null,"e":[null],"f":{"k":1},"g":"1970-01-01T00:00:00.000Z","h":{"extension":5,"bytes":"Bw=="}}',
    );
    for (let length = 0; length < 70; length++) {
      const sample = Uint8Array.from({ length }, (_, at) => (at * 37 + 200) & 255);
      expect(base64(sample)).toBe(Buffer.from(sample).toString('base64'));
    }
  });

  test.each(CODECS)('CD4: %s: functions, symbols and what holds itself are refused', (codec) => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => encodePayload(loop, codec)).toThrow(/E2BIG/);
    expect(() => encodePayload({ a: () => 1 }, codec)).toThrow(/EINVAL/);
    expect(() => encodePayload(Symbol('x'), codec)).toThrow(/EINVAL/);
  });

  test('CD5: CBOR of others: indefinite lengths, tags, bignums, floats of 16 bits, simple values', () => {
    const cases: [Uint8Array, unknown][] = [
      [cbor(0x9f, 1, 2, 0xff), [1, 2]], [cbor(0xbf, 0x61, 'a', 1, 0xff), { a: 1 }], [cbor(0x7f, 0x61, 'a', 0x61, 'b', 0xff), 'ab'], [cbor(0x5f, 0x41, 1, 0x42, 2, 3, 0xff), bytes(1, 2, 3)],
      [cbor(0xc1, 0x1a, 0, 0, 0, 9), 9], [cbor(0xc2, 0x49, 1, 0, 0, 0, 0, 0, 0, 0, 0), 2n ** 64n], [cbor(0xc3, 0x41, 5), -6n], [cbor(0xf9, 0x3c, 0), 1], [cbor(0xf9, 0x00, 0x01), 2 ** -24],
      [cbor(0xf9, 0xfc, 0), -Infinity], [cbor(0xf7), null], [cbor(0xa1, 0x05, 1), { 5: 1 }], [cbor(0x3b, ...repeat(8, 0xff)), -(2n ** 64n)], [cbor(0x3b, 0, 0x1f, ...repeat(6, 0xff)), -(2n ** 53n)],
    ];
    for (const [payload, data] of cases) expect(decodePayload(payload).data).toEqual(data);
  });

  test('CD6: MessagePack of others: every width, extensions', () => {
    const cases: [Uint8Array, unknown][] = [
      [msgpack(0xcc, 5), 5], [msgpack(0xd3, ...repeat(8, 0xff)), -1], [msgpack(0xda, 0, 1, 'a'), 'a'], [msgpack(0xdb, 0, 0, 0, 1, 'a'), 'a'], [msgpack(0xdd, 0, 0, 0, 1, 7), [7]],
      [msgpack(0xdf, 0, 0, 0, 1, 0xa1, 'a', 7), { a: 7 }], [msgpack(0xd5, 9, 1, 2), new MsgpackExtension(9, bytes(1, 2))], [msgpack(0xc7, 1, 0xff, 3), new MsgpackExtension(-1, bytes(3))], [msgpack(0x81, 0xff, 1), { '-1': 1 }],
    ];
    for (const [payload, data] of cases) expect(decodePayload(payload).data).toEqual(data);
  });
});

describe('hostile payloads', () => {
  const invalid: [string, Uint8Array][] = [
    ['cut short, CBOR text', cbor(0x65, 'ab')], ['cut short, CBOR list', cbor(0x83, 1, 2)], ['a CBOR list of 2^40', cbor(0x9b, 0, 0, 1, 0, 0, 0, 0, 0)], ['CBOR bytes of 2^64', cbor(0x5b, ...repeat(8, 0xff))],
    ['an open CBOR list', cbor(0x9f, 1)], ['a stray CBOR break', cbor(0xff)], ['a CBOR map of half a member', cbor(0xbf, 1, 0xff)], ['reserved CBOR length', cbor(0x1c)], ['unknown CBOR simple', cbor(0xf0)],
    ['CBOR text in pieces of bytes', cbor(0x7f, 0x41, 1, 0xff)], ['CBOR text in nested pieces', cbor(0x7f, 0x7f, 0xff, 0xff)], ['two CBOR values', cbor(1, 2)], ['no CBOR value', cbor()],
    ['CBOR text that is not UTF-8', cbor(0x61, 0xff)], ['a CBOR surrogate', cbor(0x63, 0xed, 0xa0, 0x80)], ['a CBOR member twice', cbor(0xa2, 0x61, 'a', 1, 0x61, 'a', 2)], ['the same, as text and number', cbor(0xa2, 0x61, '1', 1, 0x01, 2)],
    ['CBOR __proto__', cbor(0xa1, 0x69, '__proto__', 0xa0)], ['a CBOR map as key', cbor(0xa1, 0xa0, 1)], ['a CBOR bignum of 2 KB', cbor(0xc2, 0x59, 8, 0, ...repeat(2048, 1))],
    ['cut short, MessagePack text', msgpack(0xa5, 'ab')], ['a MessagePack list of 2^32', msgpack(0xdd, ...repeat(4, 0xff))], ['many such lists', msgpack(...new Array(1000).fill([0xdd, 1, 0xff, 0xff, 0xff]).flat())],
    ['MessagePack bytes of 4 GiB', msgpack(0xc6, ...repeat(4, 0xff))], ['the byte 0xc1', msgpack(0xc1)], ['two MessagePack values', msgpack(1, 2)], ['no MessagePack value', msgpack()], ['MessagePack text that is not UTF-8', msgpack(0xa1, 0xff)],
    ['a MessagePack member twice', msgpack(0x82, 0xa1, 'a', 1, 0xa1, 'a', 2)], ['MessagePack __proto__', msgpack(0x81, 0xa9, '__proto__', 0x80)], ['nil as key', msgpack(0x81, 0xc0, 1)],
    ['no JSON', json('{"a":')], ['no JSON at all', json('')], ['two JSON values', json('1 2')], ['JSON that is not UTF-8', json(bytes(0x22, 0xff, 0x22))], ['JSON with a byte order mark', json(bytes(0xef, 0xbb, 0xbf, '1'))],
    ['a JSON member twice', json('{"a":1,"a":2}')], ['the same, escaped', json('{"a":1,"\\u0061":2}')], ['deep inside', json('[{"x":[{"b":1,"c":2,"b":3}]}]')], ['JSON __proto__', json('{"a":{"__proto__":{"x":1}}}')], ['the same, escaped', json('{"\\u005f_proto__":1}')],
  ];
  test.each(invalid)('HP1: %s is EINVAL', (_, payload) => expect(() => decodePayload(payload)).toThrow(/EINVAL/));

  test('HP2: depth is bounded before anything nests that deeply', () => {
    const nested = (depth: number): Uint8Array[] => [
      cbor(...repeat(depth, 0x81), 1), cbor(...repeat(depth, 0xc1), 1), cbor(...repeat(depth, 0x9f), ...repeat(depth, 0xff)), msgpack(...repeat(depth, 0x91), 1), json('['.repeat(depth) + ']'.repeat(depth)),
      json('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
    ];
    for (const payload of nested(DEPTH_MAX)) expect(decodePayload(payload)).toBeDefined();
    for (const payload of [...nested(DEPTH_MAX + 1), ...nested(100_000)]) expect(() => decodePayload(payload)).toThrow(/E2BIG/);
  });

  test('HP3: the count of values is bounded', () => {
    const many = VALUES_MAX + 10;
    const count = [many >>> 24, (many >>> 16) & 255, (many >>> 8) & 255, many & 255];
    const filled = (codec: Codec, head: number[], value: number, end: number[] = []): Uint8Array => {
      const body = new Uint8Array(head.length + many + end.length).fill(value);
      body.set(head);
      body.set(end, head.length + many);
      return withPrefix(codec, body);
    };
    const lists = [
      filled('cbor', [0x9a, ...count], 0x80), filled('cbor', [0x9f], 0x80, [0xff]), filled('cbor', [0x7f], 0x60, [0xff]), filled('msgpack', [0xdd, ...count], 0x90),
      json(`[${'[],'.repeat(many)}1]`), json(`[${'1,'.repeat(many)}1]`),
    ];
    for (const payload of lists) expect(() => decodePayload(payload)).toThrow(/E2BIG/);
  });

  test('HP4: names of what objects inherit are members like others', () => {
    for (const codec of CODECS) {
      const data = decodePayload(encodePayload({ constructor: { prototype: 1 }, toString: 2 }, codec)).data as object;
      expect(Object.keys(data)).toEqual(['constructor', 'toString']);
      expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    }
  });
});
