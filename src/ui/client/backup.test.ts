import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Backup, type BackupFile, type BackupRecord, type BackupState } from './backup.ts';

const MINUTE = 60_000;
let record: BackupRecord | null = null;
let workspace = { owner: true, entry: 5 };
let exports = 0;
let failure: Error | null = null;
let permission: PermissionState = 'granted';

const file: BackupFile = {
  name: 'backup.tar.gz',
  queryPermission: async () => permission,
  requestPermission: async () => (permission = 'granted'),
  createWritable: async () => new WritableStream(),
};

function backup(): { made: Backup; states: BackupState['status'][] } {
  const made = new Backup({
    load: async () => record,
    save: async (next) => void (record = next && { ...next }),
    export: async (to) => {
      exports += 1;
      if (failure) throw failure;
      await to.close();
    },
    workspace: () => workspace,
  });
  const states: BackupState['status'][] = [];
  made.onState(({ status }) => states.push(status));
  return { made, states };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  record = null;
  workspace = { owner: true, entry: 5 };
  exports = 0;
  failure = null;
  permission = 'granted';
});

afterEach(() => vi.useRealTimers());

it('a backup is made at once, then at most every so many minutes, and only when something changed', async () => {
  const { made, states } = backup();
  await made.choose(file, 10);
  expect(states).toEqual(['running', 'on']);
  expect(record).toMatchObject({ minutes: 10, entry: 5, last: 1_000_000_000 });
  made.changed();
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  expect(exports).toBe(1);
  for (let entry = 6; entry < 9; entry += 1) {
    workspace = { owner: true, entry };
    made.changed();
    await vi.advanceTimersByTimeAsync(MINUTE);
  }
  expect(exports).toBe(2);
  await vi.advanceTimersByTimeAsync(9 * MINUTE);
  expect(exports).toBe(3);
  expect(record).toMatchObject({ entry: 8 });
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(exports).toBe(3);
  await made.stop();
  expect([record, made.state]).toEqual([null, { status: 'off' }]);
});

it('after a reload it goes on, and asks for permission first where the browser wants that', async () => {
  record = { file, minutes: 10, last: 1_000_000_000 - 5 * MINUTE, entry: 3 };
  permission = 'prompt';
  const { made } = backup();
  await made.start();
  expect(made.state).toMatchObject({ status: 'waiting', file: 'backup.tar.gz' });
  made.changed();
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(exports).toBe(0);
  record.last = Date.now() - 5 * MINUTE;
  await made.allow();
  expect(made.state.status).toBe('on');
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  expect(exports).toBe(0);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(exports).toBe(1);
});

it('a failure is told and tried again; a permission that was taken away is waited for', async () => {
  failure = new Error('disk full');
  const { made } = backup();
  await made.choose(file, 1);
  expect(made.state).toMatchObject({ status: 'failed', error: 'disk full', last: null });
  failure = null;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(made.state.status).toBe('on');
  failure = new DOMException('not allowed', 'NotAllowedError');
  workspace = { owner: true, entry: 9 };
  made.changed();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(made.state.status).toBe('waiting');
  expect(exports).toBe(3);
});

it('a tab that does not own the workspace makes none', async () => {
  workspace = { owner: false, entry: 9 };
  record = { file, minutes: 1, last: 0, entry: 3 };
  const { made } = backup();
  await made.start();
  await made.now();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(exports).toBe(0);
  await expect(made.choose(file, 0)).rejects.toThrow(RangeError);
});
