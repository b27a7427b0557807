import { describe, expect, it } from 'vitest';
import type { TraceFamily } from '../../shared/abi/index.ts';
import { QUALIFIERS, parseFilterText, parseSpan, withNameToggled, withPart, withoutToken } from './filter.ts';

const known = new Map<string, TraceFamily>([['fd_read', 'read'], ['fd_readdir', 'names'], ['fd_write', 'write'], ['fd_pwrite', 'write'], ['path_open', 'names'], ['poll_oneoff', 'wait']]);
const parse = (text: string) => parseFilterText(text, known);

describe('what is typed as a filter', () => {
  it('reads qualifiers, bare words, paths, errors and lengths of time', () => {
    expect(parse('call:fd_write errno:failed path:/home/ >1ms fd:3 thread:2 notes')).toMatchObject({
      filter: { calls: ['fd_write'], errno: 'failed', path: '/home', longer: 1, fd: 3, tid: 2, text: 'notes' }, problems: [],
    });
    expect(parse('failed /tmp ENOENT').filter).toEqual({ path: '/tmp', errno: 44 });
    expect(parse('errno:noent').filter).toEqual({ errno: 44 });
    expect(parse('errno:2').filter).toEqual({ errno: 2 });
    expect(parse('ok').filter).toEqual({ errno: 'ok' });
    expect(parse('').filter).toEqual({});
    expect(parse('  two words ').filter).toEqual({ text: 'two words' });
  });

  it('keeps blanks between quotes, also while the second one is not typed yet', () => {
    expect(parse('path:"/home/a b" x').filter).toEqual({ path: '/home/a b', text: 'x' });
    expect(parse('"/home/a b').filter).toEqual({ path: '/home/a b' });
  });

  it('finds calls by their whole name, else by a part of it, by kind, and leaves out', () => {
    expect(parse('call:fd_read').filter.calls).toEqual(['fd_read']);
    expect(parse('call:write').filter.calls).toEqual(['fd_write', 'fd_pwrite']);
    expect(parse('call:path_open,poll call:fd_read').filter.calls).toEqual(['path_open', 'poll_oneoff', 'fd_read']);
    expect(parse('kind:write').filter.calls).toEqual(['fd_write', 'fd_pwrite']);
    expect(parse('-call:fd_').filter.calls).toEqual(['path_open', 'poll_oneoff']);
    expect(parse('kind:names -call:open').filter.calls).toEqual(['fd_readdir']);
    expect(parse('call:').filter).toEqual({});
  });

  it('tells what cannot be meant, and lets nothing match for a call that is not there', () => {
    expect(parse('call:nope')).toMatchObject({ filter: { calls: [] }, problems: ['No call is called “nope”'] });
    expect(parse('colour:red').problems[0]).toContain('There is no “colour:”');
    expect(parse('fd:x').problems).toEqual(['“x” is no descriptor: it is a number']);
    expect(parse('errno:WHAT').problems).toEqual(['No error is called “WHAT”']);
    expect(parse('>long').problems[0]).toContain('no length of time');
    expect(parse('path:home').problems[0]).toContain('begins with');
    expect(parse('-fd:3').problems[0]).toContain('only calls and kinds');
  });

  it('does not take the names of its qualifiers from what every object has', () => {
    expect(parse('constructor:x toString').problems).toHaveLength(1);
    expect(parse('toString').filter).toEqual({ text: 'toString' });
  });

  it('reads lengths of time', () => {
    expect(['1ms', '200us', '200µs', '1.5s', '20', '.5', '500ns'].map(parseSpan)).toEqual([1, 0.2, 0.2, 1500, 20, 0.5, 5e-4]);
    expect(['', 'x', '1m', '-1', '1 2'].map(parseSpan)).toEqual([null, null, null, null, null]);
  });

  it('reads its own examples', () => {
    for (const { key, example } of QUALIFIERS) expect(parse(example)).toMatchObject({ problems: [], tokens: [{ key }] });
  });
});

describe('changes by menus and chips', () => {
  it('sets, replaces and takes away one part, in its place', () => {
    expect(withPart('a path:/x b', 'path', '/y z')).toBe('a path:"/y z" b');
    expect(withPart('a', 'errno', 'failed')).toBe('a failed');
    expect(withPart('failed a', 'errno', null)).toBe('a');
    expect(withPart('>1ms', 'longer', '10ms')).toBe('>10ms');
    expect(withPart('/tmp a', 'path', null)).toBe('a');
  });

  it('adds and takes away names of calls', () => {
    expect(withNameToggled('x', 'call', 'fd_read')).toBe('x call:fd_read');
    expect(withNameToggled('call:fd_read x', 'call', 'fd_write')).toBe('call:fd_read,fd_write x');
    expect(withNameToggled('call:fd_read,fd_write', 'call', 'fd_read')).toBe('call:fd_write');
    expect(withNameToggled('call:fd_read', 'call', 'fd_read')).toBe('');
  });

  it('takes away the part of a chip, one of two that are the same', () => {
    const { tokens } = parse('failed a a');
    expect(withoutToken('failed a a', tokens[1]!)).toBe('failed a');
  });
});
