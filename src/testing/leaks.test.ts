import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';
import type { MachineTerminal } from './machine-terminal.ts';

/** Cycles of the short form; PALIMPSEST_LONG asks for the long one. */
const CYCLES = process.env['PALIMPSEST_LONG'] ? 1000 : 200;
const MANY = process.env['PALIMPSEST_LONG'] ? 200 : 30;

/** Idle workers and those made ahead. */
const IDLE = 10;

describe('what comes and goes leaves nothing', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  const free = async (): Promise<number> => Number(/MemFree:\s+(\d+)/.exec(await machine.read('/proc/meminfo'))![1]);
  const running = async (): Promise<number> => (await machine.api.processes()).filter(({ state }) => state !== 'exited').length;

  it(`LK1 ${CYCLES} starts and ends: memory, processes and workers are as many as before`, async () => {
    for (let n = 0; n < 20; n++) await machine.run('/bin/hello-c');
    const before = await free();
    for (let n = 0; n < CYCLES; n++) expect((await machine.run('/bin/hello-c')).code).toBe(0);
    expect(await running()).toBe(0);
    // Kilobytes: two pages of rounding, where 64 bytes a cycle would show in the long form.
    expect(before - (await free())).toBeLessThanOrEqual(128);
    expect(machine.workers.live.size).toBeLessThanOrEqual(IDLE);
  });

  it('LK2 ends of all kinds: killed, trapped, limited, never runnable', async () => {
    const round = async (): Promise<void> => {
      const { pid } = await machine.api.spawn({ module: '/bin/sleep', args: ['60'] });
      await machine.api.kill(pid, 'KILL');
      await machine.run('/bin/trap', ['unreachable']);
      await machine.run('/bin/yes', [], { limits: { output: 5000 } });
      await expect(machine.run('/etc/motd')).rejects.toThrow(/ENOEXEC/);
    };
    // Programs come into memory with their first start.
    await round();
    const before = await free();
    for (let n = 0; n < 10; n++) await round();
    await expect.poll(free, { timeout: 5000 }).toBeGreaterThanOrEqual(before - 256);
    await expect.poll(() => machine.workers.live.size, { timeout: 5000 }).toBeLessThanOrEqual(IDLE);
  });

  it('LK1 a program may have two million bytes of arguments, which are nowhere after its start', async () => {
    const script = 'set -- $(seq 200000); /bin/echo "$@" | wc -c';
    const run = () => machine.run('/bin/sh', ['-c', script], { env: { PATH: '/bin' } });
    expect(await run()).toMatchObject({ code: 0, stdout: '1288895\n', stderr: '' });
    const before = await free();
    await run();
    await expect.poll(free, { timeout: 5000 }).toBeGreaterThanOrEqual(before - 256);
  }, 60_000);

  it(`LK3 ${MANY} processes, each blocked on a pipe: all alive, a new one still starts`, async () => {
    await machine.run('/bin/upper');
    const before = await free();
    const many = [];
    for (let n = 0; n < MANY; n++) many.push(await machine.api.spawn({ module: '/bin/upper', stdin: 'stream' }));
    expect(await running()).toBe(MANY);
    await expect.poll(async () => (await machine.api.processes()).filter(({ state }) => state === 'waiting').length, { timeout: 20_000 }).toBe(MANY);
    expect((await machine.run('/bin/upper', [], { stdin: 'one more' })).stdout).toBe('ONE MORE');
    await Promise.all(many.map(({ pid }) => machine.api.kill(pid, 'KILL')));
    expect(await running()).toBe(0);
    await expect.poll(() => machine.workers.live.size, { timeout: 10_000 }).toBeLessThanOrEqual(IDLE);
    await expect.poll(free, { timeout: 5000 }).toBeGreaterThanOrEqual(before - 256);
  }, 120_000);

  describe('a fork bomb', () => {
    let terminal: MachineTerminal;
    beforeAll(async () => {
      terminal = await machine.terminal();
      await terminal.until('$');
    });

    it('LM6 meets the limit of its session and a message; others go on, and it can be ended', async () => {
      const shell = (await machine.api.processes()).find(({ name, state }) => name === 'sh' && state !== 'exited')!;
      await machine.write(`/proc/${shell.pid}/ctl`, 'limit processes 12\n');
      const from = terminal.output.length;
      terminal.type('bomb() { sh -c "sleep 60 & sleep 60 & sleep 60 & wait" & bomb; }; bomb\r');
      await terminal.until('Cannot fork: too many processes', { from, timeout: 30_000 });
      expect(await running()).toBeLessThanOrEqual(12);
      expect((await machine.api.notices()).map(({ id }) => id)).toContain('processes');
      expect((await machine.run('/bin/hello-c')).code).toBe(0);
      await terminal.close();
      await expect.poll(running, { timeout: 20_000 }).toBe(0);
      expect((await machine.api.notices()).map(({ id }) => id)).not.toContain('processes');
    }, 90_000);
  });
});
