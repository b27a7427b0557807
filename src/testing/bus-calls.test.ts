import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HostCalls } from '../kernel/syscall/index.ts';
import { NO_GRANTS } from '../shared/abi/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

const GUEST = '/home/host-guest.wasm';
let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
});
afterAll(() => machine.dispose());

/** What the kernel is asked by blocking calls, by operation. */
const asked = vi.spyOn(HostCalls.prototype, 'take');

async function start(args: string[]): Promise<{ out: Promise<string>; first: Promise<void>; ended: Promise<number | null> }> {
  const { pid, stdout } = await machine.api.spawn({ module: GUEST, args, stdio: 'pipe', permissions: { ...NO_GRANTS, publish: ['t.>'], subscribe: ['t.>'] } });
  let text = '';
  let hear = (): void => {};
  const first = new Promise<void>((resolve) => void (hear = resolve));
  const out = (async () => {
    for await (const bytes of receiveBytes(stdout!) as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(bytes);
      hear();
    }
    return text;
  })();
  return { out, first, ended: machine.api.wait(pid).then(({ code }) => code) };
}

/** Calls of two programs, one of which listens to `count` messages of the other; `listener` prints `ready` first. */
async function callsFor(listener: string[], speaker: string[], lines: number): Promise<Record<string, number>> {
  asked.mockClear();
  const listening = await start(listener);
  await listening.first;
  const speaking = await start(speaker);
  expect([await speaking.ended, await listening.ended]).toEqual([0, 0]);
  expect((await listening.out).split('\n').length).toBe(lines + 2);
  await speaking.out;
  const calls: Record<string, number> = {};
  for (const [, op] of asked.mock.calls) calls[op] = (calls[op] ?? 0) + 1;
  return calls;
}

describe('two programs that talk', () => {
  test('ask the kernel once whether they may, and then no more: 10 messages or 2000', async () => {
    const talk = (count: number): Promise<Record<string, number>> =>
      callsFor(['bus-listen', 't.talk', String(count), '1', '4096', '0'], ['bus-publish', 't.talk', String(count), '0'], count);
    // What their files need is loaded by the first.
    await talk(1);
    const few = await talk(10);
    expect(few).toMatchObject({ authorize: 2 });
    expect(await talk(2000)).toEqual(few);
  });

  test('so do those that ask and answer', async () => {
    const calls = await callsFor(['bus-answer', 't.ask', '1'], ['bus-ask', 't.ask', 'you', '10000'], 0);
    expect(calls).toMatchObject({ authorize: 2 });
    expect(Object.keys(calls).filter((op) => /publish|request|reply|read|write/.test(op))).toEqual([]);
  });
});
