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
    return terminal.output.slice(terminal.output.lastIndexOf('\u001b[3J') + 4).replaceAll('\r\n', '\n').replace(/>\n[^]*$/, '>');
  }

  it('WS1 journal tells entries, runs and who wrote a file', async () => {
    await machine.run('/bin/writer', ['/home/a.txt', 'one']);
    expect(await typed('journal /home/a.txt')).toMatch(/^ +\d+  20\d\d-\S+ \S+  run \d+ +create +\/home\/a\.txt\n/);
    expect(await typed('journal runs')).toMatch(/ 1 in \d+…\d+ +writer \/home\/a\.txt one\n/);
    expect(await typed('journal who /home/a.txt')).toMatch(/run \d+ .*writer\n<0>$/);
  });

  it('WS1 the past is read by number and by name', async () => {
    await machine.write('/home/b.txt', 'first');
    expect(await typed('journal snapshot one')).toMatch(/^one is entry \d+; see \/history\/one\n<0>$/);
    await machine.write('/home/b.txt', 'second');
    expect(await typed('cat /history/one/home/b.txt; echo; cat /home/b.txt')).toBe('first\nsecond<0>');
    expect(await typed('journal diff one now /home/b.txt')).toBe('M /home/b.txt  5 → 6 bytes\n<0>');
    expect(await typed('journal snapshots; journal forget one; journal snapshots')).toMatch(/^ +\d+  .*  one\n<0>$/);
    expect(await typed('journal diff one')).toMatch(/one.*\n<1>$/);
  });

  it('WS2 layer pushes, lists and tells differences', async () => {
    await machine.write('/home/c.txt', 'layered');
    expect(await typed('layer diff')).toContain('A /home/c.txt\n');
    const names = async (layer: string): Promise<number> => Number(new RegExp(`^${layer} .* (\\d+) names`, 'm').exec(await typed('layer'))![1]);
    const before = await names('upper');
    await machine.write('/home/d.txt', 'counted as well');
    expect(await typed('layer push first')).toMatch(/^first +frozen .*names.*\n<0>$/);
    expect(await names('first')).toBe(before + 1);
    const [upper, frozen, base] = (await typed('layer')).split('\n');
    expect([upper, frozen, base]).toEqual([expect.stringMatching(/ upper /), expect.stringMatching(/^first +frozen /), expect.stringMatching(/ base /)]);
    expect(await typed('layer diff first')).toContain('A /home/c.txt\n');
    expect(await typed('layer push first')).toMatch(/first.*\n<1>$/);
    expect(await typed('layer push ../x')).toMatch(/<1>$/);
    expect(await typed('layer push; layer nonsense; echo')).toMatch(/usage: layer push name/);
  });

  it('WS3 only a terminal’s own shell may: not one that a page or a program starts', async () => {
    const { stderr, code } = await machine.run('/bin/sh', ['-c', 'journal snapshots'], { name: 'sh' });
    expect([stderr, code]).toEqual(['sh: 1: journal: this shell may not change layers and history; do it in a terminal of the workspace\n', 1]);
    expect(await typed("sh -c 'journal runs' | cat")).toMatch(/writer/);
  });

  it('WS1 undo takes back the last program’s run, names conflicts, and can be undone', async () => {
    await machine.run('/bin/sh', ['-c', 'echo by a program > /home/u.txt'], { name: 'sh' });
    expect(await typed('undo -n')).toBe('/home/u.txt\n<0>');
    const undone = await typed('undo');
    expect(undone).toMatch(/^\/home\/u\.txt\nrun (\d+); `undo \1` takes it back\n<0>$/);
    expect(await typed('cat /home/u.txt')).toMatch(/<1>$/);
    expect(await typed(`undo ${/run (\d+)/.exec(undone)![1]}; cat /home/u.txt`)).toContain('by a program');
    const before = (await machine.api.historyEntries({ limit: 1 })).entries[0]!.seq;
    await machine.run('/bin/sh', ['-c', 'echo one > /home/v.txt'], { name: 'sh' });
    await machine.write('/home/v.txt', 'mine, later');
    expect(await typed('undo')).toMatch(/conflict: \/home\/v\.txt: .*\n<1>$/s);
    expect(await machine.read('/home/v.txt')).toBe('mine, later');
    expect(await typed(`journal restore /home ${before}; ls /home/v.txt`)).toMatch(/v\.txt/);
    await expect(machine.api.stat('/home/v.txt')).rejects.toThrow();
  });

  it('WS1 undo without a name goes back step by step: a redirection with its program, a line without one', async () => {
    await machine.write('/home/w.txt', 'precious');
    expect(await typed('seq 3 > /home/made.txt')).toBe('<0>');
    expect(await typed('echo lost > /home/w.txt')).toBe('<0>');
    expect(await typed('undo -n')).toBe('/home/w.txt\n<0>');
    expect(await typed('undo; cat /home/w.txt')).toContain('precious<0>');
    const undone = await typed('undo; ls /home/made.txt');
    expect(undone).toContain("made.txt': No such file");
    const [, redo] = /^\/home\/made\.txt\nruns \d+ \d+; `(undo \d+ \d+)` takes it back\n/.exec(undone) ?? [];
    expect(await typed(`${redo}; cat /home/made.txt`)).toContain('1\n2\n3\n<0>');
    expect(await typed('undo; ls /home/made.txt')).toContain('No such file');
  });

  it('WS1 undo without a name takes back a script with what it started, and the shell at the prompt never as a whole', async () => {
    await machine.write('/home/x.sh', 'cp /home/w.txt /home/x.txt; sh -c "rm /home/w.txt"; seq 2 | tee /home/y.txt | sort');
    expect(await typed('mkdir /home/stays; sh /home/x.sh > /home/z.txt')).toBe('<0>');
    expect(await typed('undo -n')).toMatch(/^(?=[^]*x\.txt)(?=[^]*w\.txt)(?=[^]*y\.txt)(?=[^]*z\.txt)/);
    const undone = await typed('undo; ls /home');
    const listed = undone.slice(undone.indexOf('takes it back'));
    expect(listed).toMatch(/\bw\.txt/);
    expect(listed).toMatch(/stays/);
    expect(listed).not.toMatch(/x\.txt|y\.txt|z\.txt/);
    expect(await typed('undo; ls /home/stays')).toContain('No such file');
  });

  it('WS1 the notes of typed lines are in the journal only when asked for', async () => {
    expect(await typed('journal')).not.toMatch(/run 1 +write +\/home\/\.history/);
    expect(await typed('journal -a -n 3')).toContain('write   /home/.history');
    expect(await typed('journal runz')).toBe('sh: journal: nothing was changed at /home/runz; `journal help` lists the commands\n<1>');
    expect(await typed('journal -n 2 /home/.history')).toContain('write   /home/.history');
  });

  it('WS4 names with control characters do not reach the terminal as they are', async () => {
    await machine.write('/home/\u001b]0;x\u0007y', '1');
    expect(await typed('journal -n 3')).toContain('/home/\\x1b]0;x\\x07y');
  });
});
