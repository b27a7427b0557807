import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../../testing/machine.ts';
import type { MachineTerminal } from '../../../../testing/machine-terminal.ts';

/** What a terminal's shell does about history and layers. */
describe('the workspace from the shell', () => {
  let machine: Machine;
  let terminal: MachineTerminal;

  beforeAll(async () => {
    machine = await Machine.boot();
    terminal = await machine.terminal({ columns: 200, rows: 50 });
    await terminal.until('$\x1b[0m ');
  });
  afterAll(() => machine.dispose());

  /** What a command prints, and its status. */
  async function typed(command: string): Promise<string> {
    const from = terminal.output.length;
    terminal.type(`clear; ${command}; echo "<$?>"\r`);
    await terminal.until(/<\d+>\r\n/, { from });
    return terminal.output.slice(terminal.output.lastIndexOf('\u001b[2J') + 4).replaceAll('\r\n', '\n').replace(/>\n[^]*$/, '>');
  }

  it('journal lists entries by run, and who wrote a file', async () => {
    await machine.run('/bin/writer', ['/home/a.txt', 'one']);
    console.log(JSON.stringify(await typed('journal /home/a.txt')));
    console.log(JSON.stringify(await typed('journal runs')));
    console.log(JSON.stringify(await typed('journal who /home/a.txt')));
  });
});
