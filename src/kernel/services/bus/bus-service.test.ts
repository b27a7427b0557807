import { describe, expect, test } from 'vitest';
import type { BusMessage } from '../../../shared/abi/index.ts';
import { MsgpackExtension } from '../../../shared/ipc/index.ts';
import { Bus } from '../../bus/index.ts';
import { fileServiceConformance } from '../testing/index.ts';
import { LINE_MAX, LineWriter, PENDING_MAX } from './line-writer.ts';
import { dataOfLine, lineOf } from './lines.ts';
import { MessageRate } from './message-rate.ts';
import { BusService, nameOf, subjectOf } from './index.ts';
import { RECENT_MAX } from './recent-subjects.ts';

let now = 0;
const clock = { realtime: () => 5n, monotonic: () => now };
const make = (bus = new Bus({ clock })): BusService => {
  const service = new BusService({ dev: 8, clock, bus });
  for (const subject of ['user.input', 'a/b', 'fs.changed.home']) service.see(subject);
  return service;
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

fileServiceConformance('bus', () => make(), { writable: false, file: ['user.input'], missing: 'no subject' });

describe('names', () => {
  test.each([
    ['user.input', 'user.input'], ['a/b', 'a%2Fb'], ['100%', '100%25'], ['a.\u202Eb', 'a.%E2%80%AEb'], ['e\u0301', 'e%CC%81'], ['fs.>', 'fs.>'], ['*.x', '*.x'], ['ü.😀', 'ü.😀'],
  ])('BF7: %j is the file %s', (subject, name) => {
    expect(nameOf(subject)).toBe(name);
    expect(subjectOf(name)).toBe(subject);
  });

  test.each(['', '.', '..', 'a..b', '.a', 'a b', 'a%20b', 'a%', '%2', '%ff', '%c3%28', '%ed%a0%80', 'a.>.b', 'x'.repeat(257), 'a\n'])('BF7: %j is no subject', (name) => expect(subjectOf(name)).toBeNull());

  test('BF7: what is too long for a name is not listed, and the list is bounded', () => {
    expect(nameOf('\u202E'.repeat(80))).toBeNull();
    const service = make();
    for (let n = 0; n < 10_000; n++) service.see(`flood.${n}`);
    service.see('\u202E'.repeat(80));
    const entries = service.readdir(service.root(), 0, 100_000);
    expect(entries.length).toBe(RECENT_MAX - 1);
    expect(entries.at(-1)!.name).toBe('flood.9999');
  });

  test('BF7: names that are looked up are bounded, those that are open stay', () => {
    const service = make();
    const kept = service.lookup(service.root(), 'kept');
    service.retain(kept);
    for (let n = 0; n < 10_000; n++) service.lookup(service.root(), `other.${n}`);
    expect(service.subject(kept)).toBe('kept');
    expect(service.lookup(service.root(), 'kept')).toBe(kept);
    expect(() => service.stat(kept + 1)).toThrow(/ESTALE/);
  });
});

describe('lines', () => {
  const said = (line: string, subject = 'app.x'): unknown => {
    const data = dataOfLine(bytes(line), subject);
    return data instanceof Uint8Array ? `raw ${text(data)}` : data;
  };

  test('BF1: JSON if it is that, else raw', () => {
    expect([said('{"a":1}'), said('[1]'), said('"x"'), said('null'), said(' 7 '), said('hi'), said(''), said('{"a":')]).toEqual([{ a: 1 }, [1], 'x', null, 7, 'raw hi', 'raw ', 'raw {"a":']);
    expect(said('{"a":1,"a":2}')).toBe('raw {"a":1,"a":2}');
    expect(said('['.repeat(100_000))).toBe(`raw ${'['.repeat(100_000)}`);
    expect(dataOfLine(Uint8Array.of(0xff), 'app.x')).toEqual(Uint8Array.of(0xff));
  });

  test('BF2: where the type takes text, what is no object is its text', () => {
    expect([said('hi', 'user.input'), said('7', 'user.input'), said('{"a":1}', 'user.input'), said('hi', 'metric.a')]).toEqual([{ text: 'hi' }, { text: '7' }, { a: 1 }, 'raw hi']);
  });

  test('BF5: a message is one line', () => {
    const line = (data: unknown): string => text(lineOf({ data }));
    expect(line({ a: 'x\ny', n: 2n ** 60n, b: bytes('hi') })).toBe('{"a":"x\\ny","n":1152921504606846976,"b":"aGk="}\n');
    expect(line(new MsgpackExtension(1, bytes('x')))).toBe('{"extension":1,"bytes":"eA=="}\n');
    expect([line(bytes('hi')), line(bytes('hi\n')), line(bytes('a\r\nb\n\n')), line(bytes('')), line('hi'), line(() => 1)]).toEqual(['hi\n', 'hi\n', 'a\\r\\nb\\n\n', '\n', '"hi"\n', '{"error":"FsError: encode: a function is no data (EINVAL)"}\n']);
  });
});

describe('writers', () => {
  const writer = (pending = { bytes: 0 }, fail: (line: string) => boolean = () => false) => {
    const lines: string[] = [];
    const lost: string[] = [];
    const made = new LineWriter({
      subject: 's', pending, allow: () => undefined, onLost: (error) => void lost.push(error.message), onClosed: () => undefined,
      publish: (line, caller) => {
        if (fail(text(line))) throw new RangeError(`bad ${text(line)}`);
        lines.push(`${caller ?? 'opener'}: ${text(line)}`);
      },
    });
    return { made, lines, lost, pending };
  };

  test('BF3: lines of one write and of many, and what is left at the end', async () => {
    const { made, lines, pending } = writer();
    expect(await made.write(bytes('a\nb\nc'), 7)).toBe(5);
    expect(await made.write(bytes('d'), 7)).toBe(1);
    expect([lines, pending.bytes]).toEqual([['7: a', '7: b'], 2]);
    expect(await made.write(bytes('e\n\nf'), 8)).toBe(4);
    made.close();
    expect([lines, pending.bytes]).toEqual([['7: a', '7: b', '8: cde', '8: ', 'opener: f'], 0]);
  });

  test('BF3: a line that fails is told; those before it are taken', async () => {
    const { made, lines } = writer({ bytes: 0 }, (line) => line === 'bad');
    expect(await made.write(bytes('a\nbad\nc\n'), 7)).toBe(2);
    await expect(made.write(bytes('bad\nc\n'), 7)).rejects.toThrow('bad bad');
    expect(await made.write(bytes('c\n'), 7)).toBe(2);
    expect(lines).toEqual(['7: a', '7: c']);
  });

  test('BF3: a line without an end is bounded, and so are all of them', async () => {
    const pending = { bytes: 0 };
    const { made } = writer(pending);
    await made.write(new Uint8Array(LINE_MAX), 7);
    await expect(made.write(bytes('x'), 7)).rejects.toMatchObject({ code: 'EMSGSIZE' });
    expect(pending.bytes).toBe(0);
    for (let n = 0; n < PENDING_MAX / LINE_MAX; n++) await writer(pending).made.write(new Uint8Array(LINE_MAX), 7);
    await expect(made.write(bytes('x'), 7)).rejects.toMatchObject({ code: 'ENOBUFS' });
    expect(await made.write(bytes('whole\n'), 7)).toBe(6);
  });

  test('BF9: messages of a second are counted', () => {
    const rate = new MessageRate(clock);
    for (let n = 0; n < 1000; n++) rate.count(1, null);
    for (let n = 0; n < 10; n++) rate.count(1, 10);
    expect(() => rate.count(1, 10)).toThrow(/EDQUOT/);
    rate.count(2, 10);
    now += 200;
    rate.count(1, 10);
    rate.count(1, 10);
    expect(() => rate.count(1, 10)).toThrow(/EDQUOT/);
  });
});

describe('the window', () => {
  test('BF8: writes lines, but not what the kernel alone says', async () => {
    const bus = new Bus({ clock });
    const service = make(bus);
    const got: BusMessage[] = [];
    bus.subscribe('>', (message) => got.push(message));
    const node = (name: string) => service.lookup(service.root(), name);
    expect(service.write(node('user.input'), 0, bytes('{"text":"a"}\nb'))).toBe(14);
    expect(() => service.write(node('notice.raised'), 0, bytes('{}'))).toThrow(/EPERM/);
    expect(() => service.write(node('fs.>'), 0, bytes('x'))).toThrow(/EINVAL/);
    expect(() => service.write(node('user.input'), 0, bytes('{}'))).toThrow(/EINVAL/);
    expect(() => service.write(node('user.input'), 0, bytes('x'), 7)).toThrow(/ENXIO/);
    await Promise.resolve();
    expect(got.map(({ data, type }) => [data, type])).toEqual([[{ text: 'a' }, 'UserInput.v1'], [{ text: 'b' }, 'UserInput.v1']]);
  });
});
