import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineTerminal } from './machine-terminal.ts';
import { i32, Op, wasmBytes } from '../guest/testing/wasm-bytes.ts';
import { Machine } from './machine.ts';

const PROMPT = '$\x1b[0m ';

describe('the line editor, with a real shell on a real terminal', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  async function open(): Promise<MachineTerminal> {
    const terminal = await machine.terminal();
    await terminal.until(PROMPT);
    return terminal;
  }

  /** Types a line and waits for what it prints, and for the next prompt. */
  async function run(terminal: MachineTerminal, line: string, printed: string | RegExp): Promise<void> {
    const from = terminal.output.length;
    terminal.type(line);
    await terminal.until(printed, { from });
    await terminal.until(/\x1b\[\?2004l.*\x1b\[\?2004h.*\$\x1b\[0m /s, { from });
  }

  it('LE8 two terminals keep one history, of whole lines', async () => {
    const [one, two] = [await open(), await open()];
    await Promise.all([one, two].map(async (terminal, index) => {
      for (let count = 0; count < 15; count++) await run(terminal, `echo "${index}\rand ${count}"\r`, `\r\nand ${count}\r\n`);
    }));
    const third = await open();
    await run(third, 'history\r', 'and 14');
    const file = await machine.run('/bin/sh', ['-c', 'cat /home/.history']);
    const entries = file.stdout.split(/\n(?!\t)/).filter((entry) => entry.startsWith('echo "'));
    expect(entries).toHaveLength(30);
    for (const entry of entries) expect(entry).toMatch(/^echo "[01]\n\tand \d+"$/);
    for (const terminal of [one, two, third]) await terminal.close();
  });

  it('LE6 a paste that is longer than any buffer on its way comes whole', async () => {
    const terminal = await open();
    const lines = Array.from({ length: 3000 }, (_, index) => `: line ${index} of a long paste`);
    const from = terminal.output.length;
    terminal.type(`\x1b[200~${lines.join('\r')}\recho $((40 + 2))\r\x1b[201~`);
    await terminal.until('echo $((40 + 2))', { from });
    expect(terminal.output.slice(from)).not.toContain('42\r\n');
    await run(terminal, '\r', '\x1b[?2004l42\r\n');
    expect(terminal.output.slice(from)).not.toContain('\x07');
    await terminal.close();
  });

  it('LE4 the line is drawn anew when the window changes, without a key', async () => {
    const terminal = await open();
    terminal.type(`echo ${'x'.repeat(100)}`);
    await terminal.until('x'.repeat(100));
    const from = terminal.output.length;
    terminal.resize(40, 20);
    await terminal.until(/\r\x1b\[J.*echo x{100}/s, { from });
    await run(terminal, '\r', `\x1b[?2004l${'x'.repeat(100)}\r\n`);
    await terminal.close();
  });

  it('LE11 options come from a program that is asked for its help', async () => {
    await machine.write('/bin/endless', endless('  --no-end\n'));
    const terminal = await open();
    let from = terminal.output.length;
    terminal.type('ls --group-d\t');
    await terminal.until('--group-directories-first', { from });
    terminal.type('\x15');
    from = terminal.output.length;
    terminal.type('endless --no\t');
    await terminal.until('--no-end', { from });
    terminal.type('\x15');
    await run(terminal, 'echo alive\r', '\x1b[?2004lalive\r\n');
    expect((await machine.api.processes()).filter(({ name, exit }) => name === 'endless' && !exit)).toEqual([]);
    await terminal.close();
  });

  it('LE11 nothing is changed by asking: a module sees no files, a script is not run', async () => {
    await machine.write('/bin/cleans', '#!/bin/sh\necho ran > /home/ran\necho "  --verbose-mode"\n');
    const terminal = await open();
    for (const line of ['cleans --v\t', '\x15touch --help-me\t', '\x15']) terminal.type(line);
    await run(terminal, 'echo alive\r', '\x1b[?2004lalive\r\n');
    await expect(machine.api.stat('/home/ran')).rejects.toThrow(/ENOENT/);
    expect((await machine.api.processes()).map(({ name }) => name)).not.toContain('cleans');
    await terminal.close();
  });
});

/** A module that prints a text again and again, whatever it is asked. */
function endless(text: string): Uint8Array {
  const bytes = [...text].flatMap((char, at) => [...i32(16 + at), ...i32(char.charCodeAt(0)), 0x3a, 0, 0]);
  const word = (at: number, value: number): number[] => [...i32(at), ...i32(value), 0x36, 2, 0];
  const write = [...i32(1), ...i32(0), ...i32(1), ...i32(8), Op.CALL, 0, Op.DROP];
  return wasmBytes({
    memory: [0, 1],
    imports: [{ module: 'wasi_snapshot_preview1', name: 'fd_write', params: 4, results: 1 }],
    functions: [[...bytes, ...word(0, 16), ...word(4, text.length), 0x03, 0x40, ...write, 0x0c, 0, 0x0b]],
    exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 1 }],
  });
}
