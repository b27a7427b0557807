import { afterAll, beforeAll, expect, test } from 'vitest';
import { Machine } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.boot();
}, 30_000);
afterAll(() => machine.dispose());

const ODD = ['esc\u001b[31mred', 'two\nlines', 'bell\u0007', 'plain.txt', 'with space', '$HOME', 'ünï', '😀'];

test('names with escape sequences and newlines are quoted by ls at a terminal, and nothing of them reaches it as it is', async () => {
  const { api } = machine;
  await api.mkdir('/home/odd');
  for (const name of ODD) await api.writeFile(`/home/odd/${name}`, new Uint8Array(1));
  const terminal = await machine.terminal();
  await terminal.until('$');
  terminal.type('ls -1 /home/odd; echo d""one\r');
  await terminal.until('\ndone');
  const printed = terminal.output.slice(terminal.output.lastIndexOf('d""one'));
  expect(printed).toContain("'with space'");
  expect(printed).toContain("'$HOME'");
  expect(printed).toContain('plain.txt');
  expect(printed).toContain('😀');
  expect(printed).not.toContain('\u001b[31mred');
  expect(printed).not.toContain('\u0007');
  expect(printed).not.toMatch(/two\r?\nlines/);
  expect((await machine.run('/bin/ls', ['/home/odd'])).stdout).toContain('two\nlines');
}, 30_000);

test('the count of changes is that of what the user changed: nothing once it is undone', async () => {
  const { api } = machine;
  const { changes } = await api.workspace();
  await api.writeFile('/home/data/x', new Uint8Array(1));
  expect((await api.workspace()).changes).toBe(changes + 1);
  const { entries } = await api.historyEntries({ run: 0, limit: 2 });
  for (const { seq } of entries) await api.historyUndo({ entry: seq });
  expect((await api.workspace()).changes).toBe(changes);
});

test('a name of 255 bytes is one, of 256 none', async () => {
  const { api } = machine;
  await api.writeFile(`/home/${'é'.repeat(127)}x`, new Uint8Array(1));
  await expect(api.writeFile(`/home/${'é'.repeat(128)}`, new Uint8Array(1))).rejects.toThrow(/ENAMETOOLONG/);
  expect((await api.exploreEntries([`/home/${'é'.repeat(127)}x`]))[0]?.kind).toBe('file');
});
