import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';

describe('the whole system, with real workers', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  it('runs a shipped program to its end', async () => {
    expect(await machine.run('/bin/hello-c')).toMatchObject({ code: 0, reason: 'exit', stdout: expect.stringMatching(/^Hello/), stderr: '' });
  });

  it('gives a program its input, and keeps what it wrote', async () => {
    await machine.write('/home/in.txt', 'some text\n');
    expect(await machine.run('/bin/upper', ['in.txt'])).toMatchObject({ code: 0, stdout: 'SOME TEXT\n' });
    expect(await machine.run('/bin/upper', [], { stdin: 'typed' })).toMatchObject({ code: 0, stdout: 'TYPED' });
  });

  it('has terminals with a shell', async () => {
    const terminal = await machine.terminal();
    await terminal.until('$\x1b[0m ');
    const from = terminal.output.length;
    terminal.type('hello-c\r');
    await terminal.until(/Hello/, { from });
    await terminal.close();
  });
});
