import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SyscallRequest } from '../../shared/abi/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import { EMPTY_COMMAND, Rig, turn, type Guest } from '../process/testing/rig.ts';
import { HostCalls, isHostRequest, STAGED_ALL_MAX, STAGED_MAX } from './host-calls.ts';

let rig: Rig;
let guest: Guest;
let pid: number;
let calls: HostCalls;
const seen: number[] = [];

beforeEach(async () => {
  seen.length = 0;
  rig = await Rig.make({ p: (started) => void (guest = started) });
  pid = (await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p' })).pid;
  await turn();
  calls = new HostCalls({ 'kv-write': (_process, _request, data) => {
    seen.push(...data.subarray(0, 9));
    return { value: data.length };
  } });
});

afterEach(async () => {
  guest.exit(0);
  await rig.api.wait(pid);
  rig.processes.dispose();
});

const WRITE = { op: 'kv-write', namespace: '', durable: true } as const;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function call(request: SyscallRequest, data: Uint8Array, pcb = guest.run.pcb): CallReply | Promise<CallReply> {
  const staged = calls.take(pcb, request.op);
  if (!isHostRequest(request)) return {};
  return calls.handle(rig.processes.get(pid)!, pcb, request, data, staged);
}

test('what is staged comes before the data of the next call, in order, and only once', () => {
  call({ op: 'stage' }, bytes(1, 2));
  call({ op: 'stage' }, bytes(3));
  expect(call(WRITE, bytes(4))).toEqual({ value: 4 });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(call(WRITE, bytes(5))).toEqual({ value: 1 });
  expect(calls.stagedBytes).toBe(0);
});

test('any other call ends what was staged', () => {
  call({ op: 'stage' }, bytes(1));
  call({ op: 'sync' }, bytes());
  expect(call(WRITE, bytes(2))).toEqual({ value: 1 });
});

test('threads of a process stage for themselves, and share one bound', () => {
  const part = new Uint8Array(STAGED_MAX / 2);
  call({ op: 'stage' }, part, 1000);
  call({ op: 'stage' }, part, 2000);
  expect(() => call({ op: 'stage' }, bytes(1), 2000)).toThrow(expect.objectContaining({ code: 'E2BIG' }));
  expect(call(WRITE, bytes(), 1000)).toEqual({ value: part.length });
  calls.forget(pid);
  expect(calls.stagedBytes).toBe(0);
});

test('all processes share a bound too', () => {
  const part = new Uint8Array(STAGED_MAX);
  const process = rig.processes.get(pid)!;
  for (let other = 1; other <= STAGED_ALL_MAX / STAGED_MAX; other++) calls.handle({ ...process, pid: 1000 + other }, 1000 + other, { op: 'stage' }, part, []);
  expect(() => call({ op: 'stage' }, bytes(1))).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
  calls.forget(1001);
  expect(call({ op: 'stage' }, bytes(1))).toEqual({});
});

test('a call that nobody answers is ENOSYS', () => {
  expect(() => call({ op: 'token-revoke' }, bytes())).toThrow(expect.objectContaining({ code: 'ENOSYS' }));
  expect(() => rig.syscalls.handle(guest.run.pcb, WRITE, bytes())).toThrow(expect.objectContaining({ code: 'ENOSYS' }));
});
