import { describe, expect, it } from 'vitest';
import { TRACE_FAMILIES } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { ARG_KINDS, CALL_NAMES } from '../../shared/trace/index.ts';
import { errorWords, kindText, meaningOf } from './meanings.ts';
import { sortStats } from './stats-order.ts';
import { traced } from './testing/memory-trace.ts';
import { FAMILY_WORDS, argumentWords, callLine, commandOf, familyOf, formatAt, formatSpan, formatTick, pathText, resultText, spanShare } from './wording.ts';

describe('calls in words', () => {
  it('tells arguments shortly: what points somewhere is left out, flags have names', () => {
    expect(argumentWords(traced(0, { call: 'path_open', args: [3, 1, 1024, 5, 9, '1073741823', '1073741823', 0, 2048] }))).toBe('fd 3, O_CREAT|O_TRUNC');
    expect(argumentWords(traced(0, { call: 'fd_write', args: [1, 1024, 2, 2048] }))).toBe('fd 1, 2 buffers');
    expect(argumentWords(traced(0, { call: 'fd_seek', args: [4, -12, 2, 2048] }))).toBe('fd 4, at -12, SEEK_END');
    expect(argumentWords(traced(0, { call: 'astrid_publish', args: [1, 2, 3, 4096, 0], text: 'user.input' }))).toBe('“user.input”, 4.0 KB');
    expect(argumentWords(traced(0, { call: 'no_such_call', args: [1, 2] }))).toBe('#0 1, #1 2');
  });

  it('tells results by what they are', () => {
    expect(resultText(traced(0, { call: 'path_open', result: 4 }))).toBe('fd 4');
    expect(resultText(traced(0, { call: 'fd_read', result: 4096 }))).toBe('4.0 KB');
    expect(resultText(traced(0, { call: 'poll_oneoff', result: 1 }))).toBe('1 ready');
    expect(resultText(traced(0, { errno: Errno.ENOENT }))).toBe('ENOENT');
    expect(resultText(traced(0, { call: 'fd_close' }))).toBe('ok');
    expect(resultText(traced(0, { open: true }))).toBe('not back yet');
  });

  it('shows hostile names as text that does nothing', () => {
    const hostile = traced(0, { call: 'path_rename', path: '/a\u202Egnp.exe\n\u0007', to: '/b\u200B' });
    expect(pathText(hostile)).toBe('/a\\u{202e}gnp.exe\\n\\u{7} → /b\\u{200b}');
    expect(callLine(hostile)).not.toMatch(/[\n\u202e\u0007\u200b]/);
    expect(argumentWords(traced(0, { call: 'astrid_publish', args: [], text: '\u001b[2J' }))).toBe('“\\u{1b}[2J”');
  });

  it('has lengths and moments of time in figures that tell calls apart', () => {
    expect([0, 0.0004, 0.012, 1.25, 34.56, 340, 1200, 45_600, 125_000].map(formatSpan)).toEqual(['< 5 µs', '1 µs', '12 µs', '1.25 ms', '34.6 ms', '340 ms', '1.20 s', '45.6 s', '2 min 05 s']);
    expect(formatAt(12.345)).toBe('0.012\u202f345');
    expect([formatTick(0, 1), formatTick(2000, 1000), formatTick(250, 50), formatTick(1500, 500), formatTick(0.05, 0.05)]).toEqual(['0', '2 s', '250 ms', '1.5 s', '0.05 ms']);
    expect([spanShare(0), spanShare(1e9)]).toEqual([0, 1]);
  });

  it('has words for every call, kind of argument and family', () => {
    for (const call of CALL_NAMES) expect(meaningOf(call), call).not.toContain('no interface');
    for (const kind of ARG_KINDS) expect(kindText(kind)).not.toBe('');
    for (const family of TRACE_FAMILIES) expect(FAMILY_WORDS[family].text).not.toBe('');
    expect(familyOf('constructor')).toBe('system');
    expect(meaningOf('constructor')).toContain('no interface');
    expect(errorWords('ENOENT').todo).toContain('explorer');
    expect(errorWords('EBADF', 'fd_prestat_get').todo).toContain('Usual');
    expect(errorWords('EBADF', 'fd_read').why).toContain('not open');
    expect(errorWords('toString').why).toBe('It failed.');
    expect(commandOf({ name: 'ls', args: ['ls', '-l'] })).toBe('ls -l');
  });
});

describe('statistics', () => {
  const stats = [{ call: 'b', count: 2, failed: 0, total: 10, longest: 9, slowest: 1, bytes: 5 }, { call: 'a', count: 2, failed: 1, total: 30, longest: 2, slowest: 2, bytes: 0 }, { call: 'c', count: 0, failed: 0, total: 0, longest: 0, slowest: 0, bytes: 0 }];

  it('are sorted by any column, and by name where that is the same', () => {
    const by = (column: Parameters<typeof sortStats>[1]['column'], down: boolean) => sortStats(stats, { column, down }).map(({ call }) => call).join('');
    expect([by('total', true), by('count', true), by('mean', true), by('call', false), by('call', true), by('longest', false)]).toEqual(['abc', 'abc', 'abc', 'abc', 'cba', 'cab']);
  });
});
