import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drafts, fingerprint } from './drafts.ts';

let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('drafts', () => {
  it('TX5 survive a reload, and are gone once dropped', () => {
    const drafts = new Drafts();
    drafts.keep('/a', { text: 'one', base: fingerprint('') });
    drafts.keep('/b/c', { text: 'two', base: 'x' });
    drafts.move('/b', '/d');
    vi.runAllTimers();
    const again = new Drafts();
    expect([...again.store.getState().paths]).toEqual(['/a', '/d/c']);
    expect(again.get('/a')).toEqual({ text: 'one', base: fingerprint('') });
    again.drop('/a');
    expect(again.flush()).toBe(true);
    expect(new Drafts().get('/a')).toBeUndefined();
  });

  it('TX5 are bounded: what is too long lasts as long as the page, the latest of many are kept', () => {
    const drafts = new Drafts();
    drafts.keep('/long', { text: 'x'.repeat(300_000), base: '' });
    expect(drafts.flush()).toBe(false);
    for (let at = 0; at < 10; at++) drafts.keep(`/${at}`, { text: 'y'.repeat(200_000), base: '' });
    expect(drafts.flush()).toBe(false);
    expect([...new Drafts().store.getState().paths]).toEqual(['/5', '/6', '/7', '/8', '/9']);
    expect(drafts.get('/long')?.text).toHaveLength(300_000);
  });

  it('are also marks of other edits, which do not outlive the page', () => {
    const drafts = new Drafts();
    drafts.mark('/bytes', true);
    expect([drafts.flush(), [...drafts.store.getState().paths], [...new Drafts().store.getState().paths]]).toEqual([false, ['/bytes'], []]);
    drafts.mark('/bytes', false);
    expect([drafts.flush(), drafts.store.getState().paths.size]).toEqual([true, 0]);
  });

  it('of a damaged storage are left out', () => {
    kept.set('palimpsest.drafts', JSON.stringify([['/a', { text: 1 }], 'x', null, ['/b', { text: 'b', base: '' }]]));
    expect([...new Drafts().store.getState().paths]).toEqual(['/b']);
    kept.set('palimpsest.drafts', '{');
    expect(new Drafts().store.getState().paths.size).toBe(0);
  });

  it('know texts apart', () => {
    const texts = Array.from({ length: 2000 }, (_, at) => `line ${at}`);
    expect(new Set(texts.map(fingerprint)).size).toBe(2000);
    expect(fingerprint('same')).toBe(fingerprint('same'));
  });

  it('TX5 a move takes along what editors hold back, and edits that are no text', () => {
    const drafts = new Drafts();
    const letGo = drafts.holdBack(() => drafts.keep('/a/b', { text: 'last', base: 'x' }));
    const heard: string[] = [];
    drafts.onMove((renamed) => heard.push(renamed('/a'), renamed('/a/b'), renamed('/ab')));
    drafts.keep('/a/b', { text: 'first', base: 'x' });
    drafts.mark('/a/c', true);
    drafts.move('/a', '/z');
    letGo();
    expect([[...drafts.store.getState().paths], drafts.get('/z/b')?.text, heard]).toEqual([['/z/b', '/z/c'], 'last', ['/z', '/z/b', '/ab']]);
    drafts.move('/z', '/y');
    expect(drafts.get('/z/b')).toBeUndefined();
  });
});
