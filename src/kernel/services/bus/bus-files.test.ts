import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action, BusMessage } from '../../../shared/abi/index.ts';
import { BufferWindow, OfdFlag, OfdKind, Ring } from '../../../shared/arena/index.ts';
import { errnoName, FsError } from '../../../shared/base/index.ts';
import type { Authority } from '../../contract/index.ts';
import { EMPTY_COMMAND, Rig, turn, type Guest } from '../../process/testing/rig.ts';
import { BusFiles, BusService } from './index.ts';

const clock = { realtime: () => 5n, monotonic: () => 0 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let rig: Rig;
let guest: Guest;
let pid: number;
let files: BusFiles;
let service: BusService;
let asked: string[];
let allowed: boolean;
let watches: { action: Action; onRevoked: () => void }[];
let got: BusMessage[];

const authority: Authority = {
  require: (_pid, action) => {
    if (action.kind !== 'publish' && action.kind !== 'subscribe') throw new Error('another action');
    asked.push(`${action.kind} ${action.subject}`);
    if (!allowed) throw new FsError('ENOTCAPABLE', action.kind);
  },
  watch: (_pid, action, onRevoked) => {
    const watch = { action, onRevoked };
    watches.push(watch);
    return { dispose: () => void (watches = watches.filter((one) => one !== watch)) };
  },
};

beforeEach(async () => {
  [asked, watches, got, allowed] = [[], [], [], true];
  rig = await Rig.make({ p: (started) => void (guest = started) });
  pid = (await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p' })).pid;
  await turn();
  service = new BusService({ dev: 8, clock, bus: rig.bus });
  await rig.namespace.mount(service, '/bus', { makeDirectory: true });
  files = new BusFiles({ bus: rig.bus, authority, descriptors: rig.descriptors, clock, find: (one) => rig.processes.get(one), attach: (pump) => rig.processes.attach([pump]) });
  rig.bus.subscribe('app.>', (message) => got.push(message));
});

afterEach(async () => {
  if (rig.processes.get(pid)) {
    guest.exit(0);
    await rig.api.wait(pid);
  }
  rig.processes.pump();
  expect([files.open, watches]).toEqual([{ streams: 0, pending: 0 }, []]);
  rig.processes.dispose();
});

async function open(name: string, flags: number): Promise<number> {
  const location = await rig.namespace.walk(`/bus/${name}`);
  return guest.fds.install(await files.opened(rig.processes.get(pid)!, location, service, flags), 3);
}

const code = (action: Promise<unknown>): Promise<string> => action.then(() => 'accepted', (error: unknown) => (error instanceof FsError ? error.code : String(error)));

/** One look, as a guest's read that does not wait; an errno's name, or `end`. */
function look(fd: number, length = 65536): string {
  const ring = new Ring(rig.arena, rig.descriptors.files.object(guest.fds.get(fd)));
  const buffer = new Uint8Array(length);
  const count = ring.tryRead(new BufferWindow(rig.arena).wrap(buffer), 0, length);
  rig.processes.pump();
  if (count < 0) return count === -1 ? 'end' : errnoName(-count);
  return new TextDecoder().decode(buffer.subarray(0, count));
}

function write(fd: number, text: string): Promise<number> {
  const handle = rig.descriptors.handles.get(rig.descriptors.files.object(rig.descriptors.get(rig.processes.get(pid)!.pcb, fd, OfdKind.SERVICE)));
  return Promise.resolve(handle.control!.write(bytes(text), pid));
}

describe('files of the bus', () => {
  test('BF10: each opening is asked for, and each write', async () => {
    const fd = await open('app.a', OfdFlag.WRITE);
    await write(fd, 'one\n');
    await open('app.>', OfdFlag.READ);
    expect(asked).toEqual(['publish app.a', 'publish app.a', 'subscribe app.>']);
    allowed = false;
    expect(await code(write(fd, 'two\n'))).toBe('ENOTCAPABLE');
    expect(await code(open('app.a', OfdFlag.WRITE))).toBe('ENOTCAPABLE');
    expect(await code(open('app.a', OfdFlag.READ))).toBe('ENOTCAPABLE');
    expect(got.map(({ source }) => source)).toEqual([pid]);
  });

  test('BF10: what the kernel alone says, patterns for writing and both directions at once are refused', async () => {
    expect(await code(open('fs.changed.home', OfdFlag.WRITE))).toBe('EPERM');
    expect(await code(open('app.>', OfdFlag.WRITE))).toBe('EINVAL');
    expect(await code(open('app.a', OfdFlag.WRITE | OfdFlag.READ))).toBe('ENOTSUP');
    expect(asked).toEqual([]);
  });

  test('BF11: what was granted and is revoked ends the reading, what arrived included', async () => {
    const fd = await open('app.>', OfdFlag.READ);
    rig.bus.publish('app.a', 1);
    await turn();
    for (const { onRevoked } of [...watches]) onRevoked();
    expect(look(fd)).toBe('ENOTCAPABLE');
    expect(files.open.streams).toBe(0);
  });

  test('BF11: what was written without its end before a revocation is published by no closing', async () => {
    const fd = await open('app.a', OfdFlag.WRITE);
    await write(fd, 'half of a line');
    for (const { onRevoked } of [...watches]) onRevoked();
    guest.exit(0);
    await rig.api.wait(pid);
    await turn();
    expect([got, files.open.pending]).toEqual([[], 0]);
  });

  test('BF12: a reader that does not read loses the oldest; publishers do not wait', async () => {
    const fd = await open('app.n', OfdFlag.READ);
    const publish = (count: number): void => {
      for (let n = 0; n < count; n++) rig.bus.publish('app.n', { n, filler: 'x'.repeat(1000) });
    };
    publish(5000);
    await turn();
    let lines = '';
    for (let part = look(fd); part !== ''; part = look(fd)) lines += part;
    const numbers = lines.trimEnd().split('\n').map((line) => (JSON.parse(line) as { n: number }).n);
    expect(numbers.length).toBeLessThan(400);
    expect(numbers.at(-1)).toBe(4999);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test('BF12: a line that is longer than the ring comes in parts', async () => {
    const fd = await open('app.n', OfdFlag.READ);
    const data = 'y'.repeat(100_000);
    rig.bus.publish('app.n', data);
    await turn();
    let line = '';
    for (let part = look(fd); part !== ''; part = look(fd)) line += part;
    expect(line).toBe(`${JSON.stringify(data)}\n`);
  });

  test('BF13: closing ends the subscription; a line without an end is published, and what fails then is in the log', async () => {
    const logs: BusMessage[] = [];
    rig.bus.subscribe('log.*', (message) => logs.push(message));
    const reader = await open('app.a', OfdFlag.READ);
    const [whole, bad] = [await open('app.a', OfdFlag.WRITE), await open('metric.x', OfdFlag.WRITE)];
    await write(whole, 'rest');
    await write(bad, '{"name":1}');
    guest.fds.close(reader);
    rig.processes.pump();
    expect(files.open).toEqual({ streams: 0, pending: 14 });
    await rig.api.kill(pid, 'KILL');
    await rig.api.wait(pid);
    await turn();
    expect(got.map(({ data }) => new TextDecoder().decode(data as Uint8Array))).toEqual(['rest']);
    expect(logs.map(({ subject, data }) => [subject, (data as { text: string }).text])).toEqual([[`log.${pid}`, expect.stringContaining('Metric.v1: name is a number, not text')]]);
  });
});
