import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../../../testing/machine.ts';
import type { MachineTerminal } from '../../../../testing/machine-terminal.ts';

const PROMPT = '$\x1b[0m ';

describe('commands that start programs, at a terminal', () => {
  let machine: Machine;
  let terminal: MachineTerminal;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());
  beforeEach(async () => {
    terminal = await machine.terminal();
    await terminal.until(PROMPT);
    return async () => terminal.close();
  });

  /** Types a line, and waits for what is expected after it. */
  async function type(text: string, expected: RegExp | string): Promise<string> {
    const from = terminal.output.length;
    terminal.type(text);
    await terminal.until(expected, { from });
    return terminal.output.slice(from);
  }
  const running = async (): Promise<string[]> => (await machine.api.processes()).filter(({ exit, name }) => !exit && name !== 'sh').map(({ name }) => name);

  const soon = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

  it('PL8: timeout ends the whole job, says nothing of it, and the terminal is the shell\'s again', async () => {
    const shown = await type("timeout 0.2 sh -c 'sleep 60; true'; echo \"status $?\"\r", /status \d+\r\n/);
    expect(shown).toMatch(/\n(?:\x1b\[[?\d;]*[a-z])*status 124\r\n$/);
    expect(shown).not.toContain('TERM');
    while ((await running()).length > 0) await soon();
    await terminal.until(PROMPT, { from: terminal.output.lastIndexOf('status') });
    await type('cat\r', /cat\r\n/);
    await type('typed\r', 'typed\r\ntyped\r\n');
  });

  it('PL8: Ctrl-C ends what timeout, env, nice and xargs run', async () => {
    for (const command of ['timeout 60 sleep 60', 'env A=1 sleep 60', 'nice sleep 60', 'echo 60 70 | xargs -n 1 sleep', 'time sleep 60']) {
      terminal.type(`${command}\r`);
      while ((await running()).length === 0) await soon();
      await type('\x03', PROMPT);
      // What xargs has started is no child of the shell with the prompt, which does not wait for it.
      while ((await running()).length > 0) await soon();
    }
  });

  it('PL8: nohup takes the terminal away: output goes to nohup.out, input is empty', async () => {
    const shown = await type("cd /tmp; nohup sh -c 'cat; echo out; echo err >&2; [ -t 0 ] || echo none'; echo \"status $?\"\r", /status \d+\r\n/);
    expect(shown).toContain("nohup: ignoring input and appending output to 'nohup.out'");
    expect(shown).toContain('status 0');
    expect(await machine.read('/tmp/nohup.out')).toBe('out\nerr\nnone\n');
  });

  it('PL9: time prints how long a pipeline took', async () => {
    expect(await type('time sleep 0.05 | cat\r', PROMPT)).toMatch(/\r\nreal\t0m\d+\.\d{3}s\r\nuser\t0m\d+\.\d{3}s\r\nsys\t0m0\.000s\r\n/);
    expect(await type('time -p seq 2\r', PROMPT)).toMatch(/1\r\n2\r\nreal \d+\.\d\d\r\nuser \d+\.\d\d\r\nsys 0\.00\r\n/);
    await type('type time which; which ls xargs\r', /time is a shell keyword\r\nwhich is a shell builtin\r\n\/bin\/ls\r\nxargs\r\n/);
  });

  it('clear empties the terminal and what has left it', async () => {
    await type('clear\r', '\x1b[H\x1b[2J\x1b[3J');
  });
});
