import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { SAID_MAX, TOASTS_MAX, createMessages, dismissNotice, mergeNotices, seenMessages, showError, showToast, updateToast } from './messages.ts';

describe('messages', () => {
  afterEach(() => void vi.useRealTimers());

  it('lets go of what informs, and keeps errors and what is under way', () => {
    vi.useFakeTimers();
    const store = createMessages();
    showToast(store, { level: 'info', title: 'a' });
    showToast(store, { level: 'info', title: 'b', progress: 0 });
    showError(store, 'c', new Error('why'));
    vi.advanceTimersByTime(60_000);
    expect(store.getState().toasts.map(({ title }) => title)).toEqual(['b', 'c']);
  });

  it('says what to do about known codes', () => {
    const store = createMessages();
    showError(store, 'Could not save', new FsError('ENOSPC', 'write', '/home/a'));
    expect(store.getState().toasts[0]?.detail).toMatch(/write \/home\/a: no space left \(ENOSPC\)\. Free some space/);
  });

  it('is bounded', () => {
    const store = createMessages();
    for (let count = 0; count < 50; count++) showError(store, `${count}`, new Error('x'));
    expect(store.getState().toasts).toHaveLength(TOASTS_MAX);
  });

  it('shows once what is said again', () => {
    const store = createMessages();
    for (const title of ['a', 'b', 'a']) showToast(store, { level: 'info', title });
    expect(store.getState().toasts.map(({ title }) => title)).toEqual(['b', 'a']);
    expect(store.getState().said).toHaveLength(3);
  });

  it('leaves time to reach what a message offers', () => {
    vi.useFakeTimers();
    const store = createMessages();
    showToast(store, { level: 'success', title: 'plain' });
    showToast(store, { level: 'success', title: 'offers', actions: [{ label: 'Undo', run: () => undefined }] });
    vi.advanceTimersByTime(10_000);
    expect(store.getState().toasts.map(({ title }) => title)).toEqual(['offers']);
    vi.advanceTimersByTime(11_000);
    expect(store.getState().toasts).toEqual([]);
    vi.useRealTimers();
  });

  it('keeps what was said, the newest first, and counts what is wrong until it was looked at', () => {
    const store = createMessages();
    const id = showToast(store, { level: 'info', title: 'Exporting', detail: 'Starting…', keep: true });
    showError(store, 'Could not save', new Error('why'));
    updateToast(store, id, { detail: '5 files' });
    expect(store.getState().said.map(({ title, detail }) => [title, detail])).toEqual([['Could not save', 'why'], ['Exporting', '5 files']]);
    expect(store.getState().unseen).toBe(1);
    seenMessages(store);
    expect(store.getState().unseen).toBe(0);
    for (let count = 0; count < 200; count++) showError(store, `${count}`, new Error('x'));
    expect(store.getState().said).toHaveLength(SAID_MAX);
  });

  it('shows once what says the same, and what follows from a store that is gone with it', () => {
    const store = createMessages();
    const notice = (id: string, title: string): Notice => ({ id, level: 'error', title, detail: 'Reload.', action: 'reload' });
    store.setState({ notices: [notice('kv', 'The key-value store cannot be used any more'), notice('store', 'The workspace is no longer stored'), notice('a', 'Same'), notice('b', 'Same')] });
    const shown = mergeNotices(store.getState().notices);
    expect(shown.map(({ id }) => id)).toEqual(['store', 'a']);
    expect(shown[0]?.detail).toBe('Reload. Also: the key-value store cannot be used any more.');
    dismissNotice(store, 'store');
    dismissNotice(store, 'a');
    expect(store.getState().notices).toEqual([]);
    expect(mergeNotices([notice('kv', 'Alone')])).toEqual([notice('kv', 'Alone')]);
  });
});
