import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessInfo } from '../shared/abi/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import type { MachineTerminal } from './machine-terminal.ts';
import { Machine } from './machine.ts';

const PROMPT = '$\x1b[0m ';

describe('jobs, signals and terminals, with real workers', () => {
  let machine: Machine;
  let terminal: MachineTerminal;
  beforeAll(async () => {
    machine = await Machine.boot();
    terminal = await machine.terminal();
    await terminal.until(PROMPT);
  });
  afterAll(async () => {
    await terminal.close();
    await machine.dispose();
  });

  const info = async (pid: number): Promise<ProcessInfo> => (await machine.api.processes()).find((one) => one.pid === pid)!;
  const state = async (pid: number): Promise<string> => (await info(pid)).state;
  const onTerminal = async (module: string, args: string[] = []): Promise<number> => (await machine.api.spawn({ module, args, stdio: 'tty', tty: terminal.tty })).pid;

  it('SG3 a program asleep in a read is held, and goes on where it was', async () => {
    const pid = await onTerminal('/bin/ask');
    await terminal.until('your name?');
    await machine.api.kill(pid, 'STOP');
    expect(await state(pid)).toBe('stopped');
    const from = terminal.output.length;
    terminal.type('Ann\r');
    await terminal.until('Ann\r\n', { from });
    expect(await state(pid)).toBe('stopped');
    expect(terminal.output.slice(from)).not.toContain('Hello');
    await machine.api.kill(pid, 'CONT');
    await terminal.until('Hello, Ann!', { from });
    terminal.type('\x03');
    expect(await machine.api.wait(pid)).toMatchObject({ signal: 'INT' });
    await terminal.until(PROMPT, { from });
  });

  it('SG3 SG4 a program that writes without end stands still when it is stopped, and is ended while it does', async () => {
    const { pid, stdout, stderr } = await machine.api.spawn({ module: '/bin/yes', stdio: 'pipe' });
    const reader = receiveBytes(stdout!).getReader();
    await reader.read();
    await machine.api.kill(pid, 'STOP');
    // What it had written is read; then nothing comes, while the reader waits.
    let ended = false;
    const rest = (async () => {
      while (!(await reader.read()).done);
      ended = true;
    })();
    let syscalls = -1;
    await expect.poll(async () => {
      const before = syscalls;
      ({ syscalls } = await info(pid));
      return syscalls === before;
    }).toBe(true);
    expect([ended, await state(pid)]).toEqual([false, 'stopped']);
    await machine.api.kill(pid, 'TERM');
    await rest;
    expect(await machine.api.wait(pid)).toMatchObject({ signal: 'TERM' });
    await receiveBytes(stderr!).cancel();
  });

  it('SG3 one that computes is ended at once', async () => {
    const { pid, stdout } = await machine.api.spawn({ module: '/bin/spin', stdio: 'pipe' });
    await receiveBytes(stdout!).getReader().read();
    await machine.api.kill(pid, 'STOP');
    await machine.api.kill(pid, 'CONT');
    await machine.api.kill(pid, 'TERM');
    expect(await machine.api.wait(pid)).toMatchObject({ signal: 'TERM' });
  });

  it('SG5 a program of the page that writes where nobody reads gets EPIPE and ends by itself', async () => {
    const { pid, stdout } = await machine.api.spawn({ module: '/bin/yes', stdio: 'pipe' });
    const reader = receiveBytes(stdout!).getReader();
    await reader.read();
    await reader.cancel();
    expect(await machine.api.wait(pid)).toMatchObject({ signal: null, reason: 'exit' });
  });

  it('SG5 in a pipeline who writes where nobody reads ends by PIPE, without a word; not where PIPE is ignored', async () => {
    const shell = (script: string) => machine.run('/bin/sh', ['-c', script], { env: { PATH: '/bin' } });
    const sorted = 'seq 100000 | sort -rn | head -1';
    expect(await shell(sorted)).toMatchObject({ code: 0, stdout: '100000\n', stderr: '' });
    expect(await shell(`trap '' PIPE; ${sorted}`)).toMatchObject({ code: 0, stdout: '100000\n', stderr: expect.stringContaining('Broken pipe') });
  });

  it('JC3 what is typed ahead of a program is edited and read by it as a line', async () => {
    const from = terminal.output.length;
    terminal.type('cat\rahead of itx\x7f\r');
    await terminal.until(/ahead of itx.*\r\nahead of it\r\n/s, { from });
    terminal.type('\x04');
    await terminal.until(PROMPT, { from: terminal.output.length });
  });

  it('EX1 a script runs its interpreter', async () => {
    await machine.write('/home/loud', '#!/bin/upper\nhello\n');
    expect(await machine.run('/home/loud')).toMatchObject({ code: 0, stdout: '#!/BIN/UPPER\nHELLO\n' });
  });

  it('EX1 a module that was kept as name.wasm runs by the path without that, for scripts too', async () => {
    await machine.api.symlink('/bin/upper', '/home/kept.wasm');
    await machine.write('/home/quiet', '#!/home/kept\nhello\n');
    expect(await machine.run('/home/quiet')).toMatchObject({ code: 0, stdout: '#!/HOME/KEPT\nHELLO\n' });
    expect(await machine.run('/home/kept', ['/home/quiet'])).toMatchObject({ code: 0, stdout: '#!/HOME/KEPT\nHELLO\n' });
    await expect(machine.run('/home/keptless')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('what runs says how much memory it has', async () => {
    const pid = await onTerminal('/bin/sleep', ['60']);
    await expect.poll(async () => (await info(pid))?.memory).toBeGreaterThan(65_535);
    await machine.api.kill(pid, 'KILL');
  });

  it('JC4 a program that the window starts has the terminal over the prompt, whose line is drawn again', async () => {
    const from = terminal.output.length;
    const pid = await onTerminal('/bin/hello-c');
    expect(await info(pid)).toMatchObject({ group: pid, session: terminal.pid, tty: terminal.tty });
    await machine.api.wait(pid);
    await terminal.until(/Hello from C![^]*\$/, { from });
    terminal.type('ask\r');
    await terminal.until('your name?', { from });
    terminal.type('\x03');
    await terminal.until(/\^C[^]*\$/, { from });
  });

  it('JC7 a module knows the size of its terminal and sets the mode by a file', async () => {
    const from = terminal.output.length;
    const pid = await onTerminal('/bin/filetool', ['read', '/dev/consctl']);
    expect(await machine.api.wait(pid)).toMatchObject({ code: 0 });
    await terminal.until('80 24 cooked', { from });
    expect(await machine.run('/bin/filetool', ['read', '/dev/consctl'])).toMatchObject({ code: 1 });
  });

  it('PR7 workers of programs that were stopped and ended do not stay behind', async () => {
    const running = (await machine.api.processes()).filter(({ exit }) => !exit);
    expect(running.map(({ name }) => name)).toEqual(['sh']);
  });
});
