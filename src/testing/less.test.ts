import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MachineTerminal } from './machine-terminal.ts';
import { Machine } from './machine.ts';

const PROMPT = '$\x1b[0m ';

describe('less takes the whole terminal', () => {
  let machine: Machine;
  let terminal: MachineTerminal;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.write('/tmp/hundred', Array.from({ length: 100 }, (_, at) => `line ${at + 1}\n`).join(''));
  });
  afterAll(() => machine.dispose());
  beforeEach(async () => {
    terminal = await machine.terminal({ columns: 40, rows: 6 });
    await terminal.until(PROMPT);
    return async () => terminal.close();
  });

  /** Types keys; the screen that is drawn then, without the rest of the rows. Ends with the last row. */
  async function screen(keys: string, last: string): Promise<string[]> {
    const from = terminal.output.length;
    terminal.type(keys);
    await terminal.until(`${last}\x1b[K`, { from });
    const drawn = terminal.output.slice(terminal.output.lastIndexOf('\x1b[H', terminal.output.indexOf(`${last}\x1b[K`, from)) + 3);
    return drawn.replace(/\x1b\[27m/g, '>').replace(/\x1b\[7m/g, '<').replace(/\x1b\[[\d;]*[A-Za-z]/g, '').split('\r\n');
  }
  const lines = (first: number): string[] => Array.from({ length: 5 }, (_, at) => `line ${first + at}`);
  async function leave(): Promise<void> {
    const from = terminal.output.length;
    terminal.type('q');
    await terminal.until(PROMPT, { from });
    expect(terminal.output.slice(from)).toContain('\x1b[?1049l');
  }
  const END = '\x1b[7m/tmp/hundred (END)\x1b[m';

  it('turns pages, goes by lines, to a line and to the ends', async () => {
    expect((await screen('less /tmp/hundred\r', '/tmp/hundred:')).slice(0, 5)).toEqual(lines(1));
    expect((await screen(' ', ':')).slice(0, 5)).toEqual(lines(6));
    expect((await screen('\x1b[B', ':')).slice(0, 5)).toEqual(lines(7));
    expect((await screen('b', ':')).slice(0, 5)).toEqual(lines(2));
    expect((await screen('\x1b[A', ':')).slice(0, 5)).toEqual(lines(1));
    expect((await screen('\x1b[A', ':')).slice(0, 5)).toEqual(lines(1));
    expect((await screen('G', END)).slice(0, 5)).toEqual(lines(96));
    expect((await screen('j', END)).slice(0, 5)).toEqual(lines(96));
    expect((await screen('g', ':')).slice(0, 5)).toEqual(lines(1));
    await leave();
  });

  it('searches on and back, and shows what it found', async () => {
    await screen('less +/7$ /tmp/hundred\r', ':');
    expect((await screen('n', ':')).slice(0, 2)).toEqual(['line 1<7', 'line 18']);
    expect((await screen('N', ':'))[0]).toBe('line <7');
    expect((await screen('N', '\x1b[7mPattern not found\x1b[m'))[0]).toBe('line <7');
    await leave();
  });

  it('wraps long lines, or cuts them; tabs, wide characters and controls take their columns', async () => {
    await machine.write('/tmp/wide', `${'x'.repeat(45)}\na\tb\n${'漢'.repeat(21)}\n\x01\x1b[31mred\x1b[m\xe9\n`);
    expect((await screen('less /tmp/wide\r', ':')).slice(0, 5)).toEqual(['x'.repeat(40), 'x'.repeat(5), 'a       b', '漢'.repeat(20), '漢']);
    expect((await screen('-S', 'END)\x1b[m')).slice(0, 4)).toEqual(['x'.repeat(40), 'a       b', '漢'.repeat(20), '^Aredé']);
    await leave();
  });

  it('reads a pipe as far as it is shown, and hears keys while nothing comes', async () => {
    expect((await screen('yes | less\r', ':')).slice(0, 5)).toEqual(['y', 'y', 'y', 'y', 'y']);
    await leave();
    const from = terminal.output.length;
    terminal.type('(echo first; sleep 60) | less\r');
    await terminal.until('first\x1b[m', { from });
    terminal.type('q');
    await terminal.until('\x1b[?1049l', { from });
    // The shell waits for the rest of the pipeline.
    terminal.type('\x03');
    await terminal.until(PROMPT, { from });
  });

  it('takes a new size at the next key, and says what it cannot open', async () => {
    await screen('less /tmp/hundred\r', ':');
    terminal.resize(40, 4);
    expect((await screen(' ', ':')).slice(0, 3)).toEqual(lines(6).slice(0, 3));
    await leave();
    const from = terminal.output.length;
    terminal.type('less /tmp/none\r');
    await terminal.until('less: /tmp/none: No such file or directory', { from });
    await terminal.until(PROMPT, { from });
  });
});
