import { afterEach, describe, expect, it, vi } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { TOASTS_MAX, createMessages, showError, showToast } from './messages.ts';

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
});
