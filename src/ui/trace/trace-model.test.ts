import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TraceInfo } from '../../shared/abi/index.ts';
import { CALLS } from '../../shared/trace/index.ts';
import { MemoryTrace, traced } from './testing/memory-trace.ts';
import { TraceModel } from './trace-model.ts';

const known = new Map(CALLS.filter((spec) => spec !== undefined).map(({ name, family }) => [name, family]));

function world() {
  const api = new MemoryTrace();
  const heard = new Map<number, (info: TraceInfo) => void>();
  let processes: () => void = () => undefined;
  const prompts = new Set<number>();
  const model = new TraceModel({
    api, known, now: () => Date.now(), isPrompt: (pid) => prompts.has(pid),
    listen: (run, take) => {
      heard.set(run, take);
      return () => void heard.delete(run);
    },
    onProcesses: (changed) => {
      processes = changed;
      return () => void (processes = () => undefined);
    },
  });
  return { api, model, heard, prompts, started: () => processes(), state: () => model.store.getState(), list: () => model.list.store.getState() };
}

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers({ now: 1_002_000 }));
afterEach(() => void vi.useRealTimers());

describe('the trace as the pane shows it', () => {
  it('shows the newest run, and the next one when it begins; not when one was chosen', async () => {
    const { api, model, state, started } = world();
    api.add(1, [traced(0)], { ended: 1_001_000 });
    const end = model.watch();
    await pass();
    expect(state()).toMatchObject({ run: 1, pinned: false });
    api.add(2, [traced(0)]);
    started();
    await pass(300);
    expect(state().run).toBe(2);
    await model.choose(1);
    api.add(3, []);
    started();
    await pass(300);
    expect(state()).toMatchObject({ run: 1, pinned: true });
    await model.follow();
    expect(state()).toMatchObject({ run: 3, pinned: false });
    end();
  });

  it('a terminal that is opened does not take the place of the program that is looked at', async () => {
    const { api, model, state, started, prompts } = world();
    api.add(1, [traced(0)], { pid: 10 });
    const end = model.watch();
    await pass();
    prompts.add(20);
    api.add(2, [traced(0)], { pid: 20 });
    started();
    await pass(300);
    expect(state()).toMatchObject({ run: 1, pinned: false });
    end();
  });

  it('asks and hears nothing while nobody looks', async () => {
    const { api, model, heard, started } = world();
    api.add(1, [traced(0)]);
    const end = model.watch();
    await pass();
    expect([...heard.keys()]).toEqual([1]);
    end();
    expect([...heard.keys()]).toEqual([]);
    const asked = api.asked.length;
    started();
    await pass(5000);
    expect(api.asked).toHaveLength(asked);
  });

  it('follows the end of a running program, at most ten times a second; a choice ends that', async () => {
    const { api, model, heard, list } = world();
    api.add(1, []);
    api.grow(1, 1000);
    const end = model.watch();
    await pass();
    expect(list()).toMatchObject({ total: 1000, following: true });
    const asked = api.asked.length;
    for (let n = 0; n < 100; n++) {
      heard.get(1)?.(api.grow(1, 100));
      await pass(10);
    }
    await pass(200);
    expect(list().total).toBe(11_000);
    expect(model.list.row(10_999)?.seq).toBe(10_999);
    expect(api.asked.slice(asked).filter((each) => each.startsWith('read -')).length).toBeLessThanOrEqual(13);
    model.select(10_500);
    expect(list().following).toBe(false);
    heard.get(1)?.(api.grow(1, 50));
    await pass(200);
    expect(list().total).toBe(11_050);
    end();
  });

  it('tells how far rows went when their beginning is dropped, and the choice goes along', async () => {
    const { api, model, heard, list, state } = world();
    api.add(1, []);
    api.grow(1, 1000);
    const end = model.watch();
    await pass();
    model.list.setFollowing(false);
    model.list.want(600, 640);
    await pass();
    model.select(610);
    expect(state().selection?.call?.seq).toBe(610);
    const shifts: number[] = [];
    model.onShift = (by) => shifts.push(by);
    heard.get(1)?.(api.grow(1, 400, 1000));
    await pass(300);
    expect(shifts).toEqual([-400]);
    expect(list().total).toBe(1000);
    expect(model.list.row(200)?.seq).toBe(600);
    expect(state().selection).toMatchObject({ head: 210, call: { seq: 610 } });
    end();
  });

  it('keeps the chosen call where the filter lets it through', async () => {
    const { api, model, state, list } = world();
    api.add(1, Array.from({ length: 100 }, (_, seq) => traced(seq, seq % 10 === 0 ? { call: 'path_open', errno: 44 } : {})), { ended: 1_001_000 });
    const end = model.watch();
    await pass();
    model.select(40);
    model.setText('failed');
    await pass(300);
    expect(list().total).toBe(10);
    expect(state().selection).toMatchObject({ head: 4, call: { seq: 40 } });
    model.setText('call:fd_read');
    await pass(300);
    expect(state().selection).toBeNull();
    expect(list().total).toBe(90);
    model.setText('call:nonsense');
    await pass(300);
    expect(list().total).toBe(0);
    expect(state().parsed.problems).toHaveLength(1);
    end();
  });

  it('looks at a stretch of time, and goes to the call at a moment', async () => {
    const { api, model, state, list } = world();
    api.add(1, Array.from({ length: 1000 }, (_, seq) => traced(seq)), { ended: 1_001_000 });
    const end = model.watch();
    await pass();
    model.setRange({ from: 100, to: 199.5 });
    await pass(300);
    expect(list().total).toBe(100);
    expect(await model.revealTime(150)).toBe(50);
    expect(state().selection?.call?.seq).toBe(150);
    model.setRange({ from: -10, to: 5000 });
    await pass(300);
    expect(state().range).toBeNull();
    expect(list().total).toBe(1000);
    end();
  });

  it('does what other panes ask for, also for runs that are gone', async () => {
    const { api, model, state } = world();
    api.add(1, [traced(0, { path: '/home/a' }), traced(1)], { ended: 1_001_000 });
    api.add(2, [traced(0, { path: '/home/a' })], { ended: 1_001_500 });
    const end = model.watch();
    await pass();
    model.apply({ path: '/home/a' });
    await pass();
    expect(state().about?.calls?.map(({ run }) => run)).toEqual([2, 1]);
    model.apply({ run: 1, seq: 1 });
    await pass();
    expect(state()).toMatchObject({ about: null, run: 1, pinned: true, selection: { head: 1, call: { seq: 1 } } });
    model.apply({ run: 77 });
    await pass();
    expect(state().error).toContain('Nothing is kept of run 77');
    model.apply({ filter: 'failed' });
    await pass();
    expect(state()).toMatchObject({ run: 2, pinned: false, text: 'failed', error: null });
    end();
  });

  it('says what failed, and forgets ended runs', async () => {
    const { api, model, state } = world();
    api.add(1, [traced(0)], { ended: 1_001_000 });
    const end = model.watch();
    await pass();
    await model.clear();
    expect(state()).toMatchObject({ runs: [], run: null });
    api.traceRuns = async () => Promise.reject(new Error('the link is gone'));
    await model.refreshRuns();
    expect(state().error).toBe('the link is gone');
    end();
  });
});
