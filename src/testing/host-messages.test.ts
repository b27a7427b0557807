import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type ComponentGrants, type ExitStatus, type SpawnOptions } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine, type Outcome } from './machine.ts';

const GUEST = '/home/host-guest.wasm';
const BUS: Partial<ComponentGrants> = { publish: ['t.>'], subscribe: ['t.>'] };
const [DROP, WAIT] = ['0', '1'];

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
});
afterAll(() => machine.dispose());

type Options = Partial<Omit<SpawnOptions, 'stdin'>>;
const run = (args: string[], options: Options = {}): Promise<Outcome> => machine.run(GUEST, args, { permissions: { ...NO_GRANTS, ...BUS }, ...options });

/** A program that runs, and what it has printed. */
class Running {
  readonly pid: number;
  /** When all that it printed is here too. */
  readonly ended: Promise<ExitStatus>;
  text = '';
  #changed: () => void = () => undefined;

  private constructor(pid: number, stdout: MessagePort) {
    this.pid = pid;
    const followed = this.#follow(stdout);
    this.ended = machine.api.wait(pid).then(async (status) => {
      await followed;
      return status;
    });
  }

  static async start(args: string[], options: Options = {}): Promise<Running> {
    const { pid, stdout } = await machine.api.spawn({ module: GUEST, args, stdio: 'pipe', permissions: { ...NO_GRANTS, ...BUS }, ...options });
    return new Running(pid, stdout!);
  }

  async #follow(stdout: MessagePort): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of receiveBytes(stdout) as unknown as AsyncIterable<Uint8Array>) {
      this.text += decoder.decode(bytes, { stream: true });
      this.#changed();
    }
  }

  async printed(part: string): Promise<void> {
    while (!this.text.includes(part)) await new Promise<void>((resolve) => { this.#changed = resolve; });
  }
}

const listen = async (pattern: string, count: number, policy = DROP, capacity = 0, delay = 0, options: Options = {}): Promise<Running> => {
  const listener = await Running.start(['bus-listen', pattern, String(count), policy!, String(capacity), String(delay)], options);
  await listener.printed('ready\n');
  return listener;
};

const numbers = (count: number, subject: string): string => Array.from({ length: count }, (_, number) => `${subject} ${number}\n`).join('');

describe('messages between programs', () => {
  test('HA9 come in order to each that listens; nobody who does not', async () => {
    const listeners = await Promise.all([listen('t.a', 100), listen('t.>', 100), listen('t.*', 100)]);
    const other = await listen('t.b', 1);
    expect(await run(['bus-publish', 't.a', '100', '0'])).toMatchObject({ code: 0, stderr: '' });
    for (const listener of listeners) {
      expect((await listener.ended).code).toBe(0);
      expect(listener.text).toBe(`ready\n${numbers(100, 't.a')}`);
    }
    expect(other.text).toBe('ready\n');
    await machine.api.kill(other.pid, 'KILL');
  });

  test('HA10 a publisher waits for a reader that is slow, and none is lost', async () => {
    const slow = await listen('t.slow', 400, WAIT, 4096, 1);
    expect(await run(['bus-publish', 't.slow', '400', '0'])).toMatchObject({ code: 0 });
    expect((await slow.ended).code).toBe(0);
    expect(slow.text).toBe(`ready\n${numbers(400, 't.slow')}`);
  });

  test('HA10 a publisher that waits for who never reads goes on when that ends, and can be killed itself', async () => {
    const stuck = await listen('t.stuck', 0, WAIT, 4096);
    const first = await Running.start(['bus-publish', 't.stuck', '1000', '0']);
    const second = await Running.start(['bus-publish', 't.stuck', '1000', '0']);
    await expect.poll(async () => (await machine.api.processes()).filter(({ pid, state }) => [first.pid, second.pid].includes(pid) && state === 'waiting').length).toBe(2);
    await machine.api.kill(second.pid, 'KILL');
    expect((await second.ended).reason).toBe('killed');
    await machine.api.kill(stuck.pid, 'KILL');
    expect((await first.ended).code).toBe(0);
  });

  test('HA9 who waits for a message can be killed, and leaves no mailbox behind', async () => {
    const waiting = await listen('t.dead', 1);
    await expect.poll(async () => (await machine.api.processes()).find(({ pid }) => pid === waiting.pid)?.state).toBe('waiting');
    await machine.api.kill(waiting.pid, 'KILL');
    expect((await waiting.ended).reason).toBe('killed');
    expect((await run(['bus-ask', 't.dead', 'anyone?', '1000'])).code).toBe(Errno.EHOSTUNREACH);
  });

  test('requests are answered across processes, or run out of time', async () => {
    const answerer = await Running.start(['bus-answer', 't.ask', '2']);
    await answerer.printed('ready\n');
    for (const text of ['one', 'two']) expect((await run(['bus-ask', 't.ask', text, '10000'])).stdout).toMatch(new RegExp(` ${text}\n$`));
    expect((await answerer.ended).code).toBe(0);
    const deaf = await listen('t.ask', 0);
    expect((await run(['bus-ask', 't.ask', 'three', '50'])).code).toBe(Errno.ETIMEDOUT);
    await machine.api.kill(deaf.pid, 'KILL');
  });

  test('HA6 a program publishes as many messages a second as its limit says', async () => {
    expect((await run(['bus-publish', 't.a', '5', '0'], { limits: { messages: 5 } })).code).toBe(0);
    expect((await run(['bus-publish', 't.a', '50', '0'], { limits: { messages: 5 } })).code).toBe(Errno.EDQUOT);
    expect((await run(['bus-publish', 't.a', '1', '0'], { limits: { messages: 0 } })).code).toBe(Errno.EDQUOT);
  });
});

describe('what is not granted', () => {
  test('HA5 ends the reading of who waits for a message at once, and the next publication of who published before', async () => {
    const waiting = await listen('t.gone', 1);
    await expect.poll(async () => (await machine.api.processes()).find(({ pid }) => pid === waiting.pid)?.state).toBe('waiting');
    await machine.api.grantRevoke(waiting.pid);
    expect((await waiting.ended).code).toBe(Errno.ENOTCAPABLE);

    const heard = await listen('t.again', 1000);
    const publisher = await Running.start(['bus-publish', 't.again', '1000', '5']);
    await heard.printed('t.again 3\n');
    await machine.api.grantRevoke(publisher.pid);
    expect((await publisher.ended).code).toBe(Errno.ENOTCAPABLE);
    await machine.api.kill(heard.pid, 'KILL');
  });

  test('is refused; what is the kernel\'s is nobody\'s', async () => {
    expect((await run(['bus-publish', 'other.a', '1', '0'])).code).toBe(Errno.ENOTCAPABLE);
    expect((await run(['bus-listen', '>', '1', DROP!, '0', '0'])).code).toBe(Errno.ENOTCAPABLE);
    expect((await run(['bus-publish', 'proc.1.exit', '1', '0'], { permissions: { ...NO_GRANTS, publish: ['>'] } })).code).toBe(Errno.EPERM);
  });
});
