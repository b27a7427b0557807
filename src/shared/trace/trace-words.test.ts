import { describe, expect, it } from 'vitest';
import type { TracedCall, TraceInfo } from '../abi/index.ts';
import { argumentText, CALL_NAMES, callNamed, CALLS, milliseconds, quoted, shortArgumentText, shownArguments, spanOf, traceWords } from './index.ts';
import { preview1, unstable } from '../../guest/wasi/index.ts';
import { hostAbi } from '../../guest/hostabi/index.ts';
import { Rig } from '../../guest/testing/rig.ts';

const info: TraceInfo = { run: 3, pid: 12, name: 'evil\u202e', args: ['\u001b[31m'], started: 1_700_000_000_000, calls: 1, first: 0, lost: 0 };
const call: TracedCall = { seq: 0, tid: 0, call: 'path_open', at: 1.5, duration: 0.25, errno: 0, args: [3, 1, 4096, 5, 9, 66, 0, 0, 100], result: 4, path: '/home/a"\n\u001b]0;x\u0007\u202e\u2028' };

describe('the table of calls', () => {
  it('TR1 has every call that a guest can import, with as many arguments as it takes', () => {
    const rig = new Rig();
    const calls = preview1(rig.context);
    const all = { ...unstable(rig.context, calls), ...calls, ...hostAbi(rig.context) } as Record<string, (...args: unknown[]) => unknown>;
    expect(Object.keys(all).filter((name) => callNamed(name) === undefined)).toEqual([]);
    expect(CALL_NAMES.filter((name) => name !== 'thread-spawn' && !Object.hasOwn(all, name))).toEqual([]);
    // Of some calls the code takes fewer than the interface passes.
    for (const [name, code] of Object.entries(all)) expect(callNamed(name)!.args.length, name).toBeGreaterThanOrEqual(code.length);
  });

  it('numbers each call once, below 255, and lets a length follow each string', () => {
    const specs = CALLS.filter((spec) => spec !== undefined);
    expect(new Set(specs.map(({ number }) => number)).size).toBe(specs.length);
    expect(Math.max(...specs.map(({ number }) => number))).toBeLessThan(255);
    for (const { name, args, strings } of specs) for (const place of strings) expect(args[place + 1]?.kind, name).toBe('len');
  });
});

describe('words', () => {
  it('names flags, what is no flag as a number, and shortens long sets', () => {
    expect([argumentText('oflags', 9), argumentText('oflags', 0), argumentText('oflags', 17), argumentText('whence', 2), argumentText('whence', 9), argumentText('ptr', 0)])
      .toEqual(['O_CREAT|O_TRUNC', '0', 'O_CREAT|0x10', 'SEEK_END', '9', 'NULL']);
    expect(argumentText('rights', 2 ** 30 - 1)).toBe('ALL');
    expect(argumentText('rights', '18446744073709551615')).toBe('0xffffffffffffffff');
    expect(shortArgumentText('rights', 127)).toBe('FD_DATASYNC|FD_READ|FD_SEEK|...+4');
    expect(shownArguments(call)[4]).toEqual({ name: 'oflags', kind: 'oflags', value: 9, text: 'O_CREAT|O_TRUNC' });
    expect(shownArguments({ call: 'no_such_call', args: [1] })).toEqual([{ name: '#0', kind: 'num', value: 1, text: '1' }]);
  });

  it('tells spans to the microsecond up to half an hour, and above to the millisecond', () => {
    expect([0, 0.001, 4.25, 2_000_000, 3_600_000, 86_400_000 * 20].map((time) => milliseconds(spanOf(time)))).toEqual([0, 0.001, 4.25, 2_000_000, 3_600_000, 86_400_000 * 20]);
  });
});

describe('exports', () => {
  it('TR7 strace: nothing but printable ASCII, one line a call', () => {
    const line = traceWords('strace', info).one(call);
    expect(line).toMatch(/^\[pid 12\] \d\d:\d\d:\d\d\.\d{6} path_open\(3, SYMLINK_FOLLOW, "\/home\/a\\"\\n\\u\{1b\}.*", O_CREAT\|O_TRUNC, .*\) = 4<.*> <0\.000250>\n$/);
    expect(line.trimEnd()).toMatch(/^[\x20-\x7e]*$/);
    expect(quoted('<b>\u0000é')).toBe('"<b>\\u{0}\\u{e9}"');
    expect(traceWords('strace', info).one({ seq: 1, tid: 2, call: 'fd_read', at: 0, duration: 0, errno: 8, args: [9, 1, 2, 3] })).toMatch(/^\[pid 12\.2\] .* fd_read\(9, 0x1, 2\) = -1 EBADF \(Bad file descriptor\) <0\.000000>\n$/);
  });

  it('TR7 json: an object a line, whatever a program named', () => {
    const line = traceWords('json', info).one(call);
    expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(JSON.parse(line)).toEqual({ run: 3, pid: 12, ...call });
  });

  it('TR7 chrome: trace events with the names of process and threads', () => {
    const words = traceWords('chrome', info);
    const text = `${words.head}${words.one(call)}${words.one({ ...call, seq: 1, tid: 5 })}${words.tail}`;
    const { traceEvents } = JSON.parse(text) as { traceEvents: Record<string, unknown>[] };
    expect(traceEvents.map(({ ph, name }) => `${String(ph)} ${String(name)}`)).toEqual(['M process_name', 'M thread_name', 'X path_open', 'M thread_name', 'X path_open']);
    expect(traceEvents[2]).toMatchObject({ ts: 1500, dur: 250, pid: 12, tid: 0, cat: 'names', args: { path: call.path, arguments: { oflags: 'O_CREAT|O_TRUNC' } } });
  });
});
