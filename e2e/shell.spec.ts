import { expect, sharedTest as test } from './fixtures.ts';
import { clearScreen, command, emptyTerminal, expectOnScreen, terminal, typeKeys, waitForPrompt } from './support/terminal.ts';

test.beforeEach(({ page }) => emptyTerminal(page));

test('pipelines, loops, functions and substitutions at the prompt', async ({ page }) => {
  await command(page, 'yes | head -n 2');
  await expectOnScreen(page, /^y\ny$/m);
  await command(page, 'double() { while read x; do echo $((x*2)); done; }; seq 3 | double | sort -rn | tr "\\n" " "');
  await expectOnScreen(page, /^6 4 2/m);
  await clearScreen(page);
  await command(page, 'for f in $(ls /etc | head -n 1); do echo "<$f>"; done > out; cat out');
  await expectOnScreen(page, /^<\w+>$/m);
});

test('what is not finished goes on in the next line', async ({ page }) => {
  await typeKeys(page, 'if true; then\n');
  await expectOnScreen(page, /^> *$/m);
  await typeKeys(page, 'echo "one\n');
  await typeKeys(page, 'two"; fi\n');
  await expectOnScreen(page, /^one\ntwo$/m);
});

test('Ctrl-Z stops a program; jobs, bg, fg and Ctrl-C', async ({ page }) => {
  await typeKeys(page, 'sleep 600\n');
  const state = () => page.evaluate(async () => (await globalThis.palimpsest.processes()).find(({ name, exit }) => name === 'sleep' && !exit)?.state ?? 'none');
  await expect.poll(state).toBe('waiting');
  await terminal(page).getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.press('Control+Z');
  await expectOnScreen(page, /\[1\] \+ Stopped +sleep 600/);
  expect(await state()).toBe('stopped');
  await command(page, 'bg');
  await expect.poll(state).toBe('waiting');
  await typeKeys(page, 'fg\n');
  await expectOnScreen(page, /^sleep 600$/m);
  await page.keyboard.press('Control+C');
  await expect.poll(state).toBe('none');
  await waitForPrompt(page);
});

test('a script with a first line runs by its path', async ({ page }) => {
  await command(page, `printf '#!/bin/sh\\necho "script $1 in $PWD"\\n' > s`);
  await command(page, './s here');
  await expectOnScreen(page, /^script here in \/home$/m);
});

test('endless recursion ends with an error, at the stack of a real worker', async ({ page }) => {
  for (const script of ['f() { f; }; f', 'f() { x=$(f); }; f', 'f() { eval "if true; then f; fi"; }; f', 'f() { for i in 1; do case a in a) { f; };; esac; done; }; f']) {
    await clearScreen(page);
    await command(page, script);
    await expectOnScreen(page, /Maximum function recursion depth/);
  }
  await command(page, 'echo ali""ve');
  await expectOnScreen(page, /^alive$/m);
});
