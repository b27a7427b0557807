import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../../../testing/machine.ts';
import type { MachineTerminal } from '../../../../testing/machine-terminal.ts';

const PROMPT = '$\x1b[0m ';

describe('JB1: jobs at a terminal', () => {
  let machine: Machine;
  let terminal: MachineTerminal;
  let from = 0;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());
  beforeEach(async () => {
    terminal = await machine.terminal();
    await terminal.until(PROMPT);
    return async () => terminal.close();
  });

  const visible = (text: string): string => text.replace(/\x1b\[[?\d;]*[A-Za-z!]p?/g, '').replace(/\r/g, '');

  /** Types a line, and waits for what is expected after it. */
  async function type(text: string, expected: RegExp | string): Promise<string> {
    from = terminal.output.length;
    terminal.type(text);
    await terminal.until(expected, { from });
    return visible(terminal.output.slice(from));
  }
  const running = async (): Promise<string[]> => (await machine.api.processes()).filter(({ exit, name }) => !exit && name !== 'sh').map(({ name }) => name);

  /** Until the program waits, in the foreground. */
  async function started(name: string): Promise<void> {
    while (!(await machine.api.processes()).some((each) => each.name === name && each.state === 'waiting')) await new Promise((resolve) => void setTimeout(resolve, 5));
  }

  it('JB2: Ctrl-C ends a program and the loop around it', async () => {
    await type('while true; do spin; done\r', 'spinning; stop');
    await type('\x03', PROMPT);
    expect(await running()).toEqual([]);
    await type('echo "status $?"\r', 'status 130');
  });

  it('Ctrl-C ends a loop of built-ins', async () => {
    await type("echo g''o; while true; do x=1; done\r", /go\r\n/);
    await type('\x03', PROMPT);
    await type('echo still; echo $?\r', /still\r\n0/);
  });

  it('Ctrl-Z stops a program, bg and fg let it go on', async () => {
    terminal.type('sleep 60\r');
    await started('sleep');
    await type('\x1a', PROMPT);
    await type('jobs\r', /\[1\] \+ Stopped +sleep 60/);
    await type('bg\r', /\[1\] sleep 60/);
    await type('jobs\r', /\[1\] \+ Running +sleep 60 &/);
    await type('fg\r', /sleep 60\r\n/);
    await type('\x03', PROMPT);
    expect(await running()).toEqual([]);
  });

  it('JB3: tells of a background job that has ended before the next prompt', async () => {
    await type('sleep 0.05 &\r', /\[1\] \d+/);
    while ((await running()).length > 0) await new Promise((resolve) => void setTimeout(resolve, 5));
    await type('true\r', /\[1\] \+ Done +sleep 0.05/);
    expect(await type('jobs; echo none\r', /none\r\n/)).not.toContain('Done');
  });

  it('kills a job by its number, and says so', async () => {
    await type('sleep 60 &\r', /\[1\] \d+/);
    await type("kill %1; wait; echo o''ver\r", 'over');
    expect(await running()).toEqual([]);
  });

  it('runs a pipeline with built-ins and functions as one job', async () => {
    await type('f() { while read x; do echo "<$x>"; done; }\r', PROMPT);
    await type('yes | f | { read a; read b; echo $a$b; }\r', /<y><y>\r\n/);
    await terminal.until(PROMPT, { from });
    expect(await running()).toEqual([]);
    await type('(echo go >&2; sleep 60; echo no) | cat\r', /go\r\n/);
    await type('\x03', PROMPT);
    await expect.poll(running).toEqual([]);
  });

  it('SH3: wants more lines for what is not finished', async () => {
    await type('for i in 1 2; do\r', '> ');
    await type('echo turn $i\r', '> ');
    expect(await type('done\r', /turn 1\r\nturn 2/)).toContain('turn 2');
  });

  it('BD1: an error ends the line, not the shell', async () => {
    await type('echo ${x?gone}; echo no\r', /sh: x: gone\r\n/);
    await type('if; then\r', /Syntax error: ";" unexpected/);
    await type('f() { f; }; f\r', /Maximum function recursion depth/);
    await type('echo alive\r', /alive\r\n/);
  });

  it('a shell within a shell has the terminal, and gives it back', async () => {
    await type('sh\r', PROMPT);
    await type("sleep 60 &\r", /\[1\] \d+/);
    await type("kill %1; wait %1; echo in''ner $?\r", /inner 143/);
    await type('exit 5\r', PROMPT);
    await type("echo out''er $?\r", /outer 5/);
  });

  it('JB4: a trap runs while the prompt waits for a line', async () => {
    await type('trap "echo tra\'\'pped" USR1; p=$$\r', PROMPT);
    await type('(sleep 0.2; kill -USR1 $p) &\r', /trapped/);
    await type("echo al''ive\r", /alive/);
  });

  it('a file that ENV or the home directory names runs first', async () => {
    await machine.write('/home/.shrc', 'alias hi="echo hello"\ngreet() { echo "greet $1"; }\n');
    const other = await machine.terminal();
    await other.until(PROMPT);
    const at = other.output.length;
    other.type('hi there; greet you\r');
    await other.until(/hello there\r\ngreet you/, { from: at });
    await other.close();
  });

  it('/etc/shrc runs before that: ls has colours', async () => {
    await type('type ls ll\r', /ls is an alias for ls --color=auto\r\nll is an alias for ls -l\r\n/);
    terminal.type('ls /home\r');
    await terminal.until(/\x1b\[01;34mdata\x1b\[0m/, { from });
  });

  it('JB6: exit and Ctrl-D over stopped jobs are refused once', async () => {
    terminal.type('sleep 60\r');
    await started('sleep');
    await type('\x1a', PROMPT);
    await type('exit\r', /You have stopped jobs\.\r\n[^]*\$\x1b\[0m /);
    await type("echo st''ays\r", /stays\r\n[^]*\$\x1b\[0m /);
    await type('\x04', /You have stopped jobs\.\r\n[^]*\$\x1b\[0m /);
    expect(await running()).toEqual(['sleep']);
    terminal.type('exit\r');
    await expect.poll(async () => (await machine.api.processes()).find(({ pid }) => pid === terminal.pid)?.exit?.reason).toBe('exit');
  });

  it('exit ends it, with the EXIT trap', async () => {
    await type('trap "echo bye" EXIT\r', PROMPT);
    await type('exit 3\r', 'bye');
  });
});
