import { describe, expect, it } from 'vitest';
import { LineLoop } from './line-loop.ts';
import { FakeHost } from './testing/fake-host.ts';
import { Screen } from './testing/screen.ts';

interface Shown {
  host: FakeHost;
  screen: Screen;
  lines: string[];
}

/** Each part of what is typed is one read. The screen is as it stood at the end of input. */
async function session(typed: (string | (() => void))[], setup: (host: FakeHost) => void = () => {}): Promise<Shown> {
  const host = new FakeHost(typed);
  setup(host);
  const screen = await Screen.open(host.columns, host.rows);
  new LineLoop(host).run();
  await screen.feed(host.written);
  return { host, screen, lines: screen.lines };
}

const withHistory = (...lines: string[]) => (host: FakeHost): void => host.files.append('/home/.history', lines.map((line) => `${line}\n`).join(''));

describe('the loop', () => {
  it('LE6 runs lines, with the terminal told of pastes only while it edits', async () => {
    const { host, screen, lines } = await session(['echo a\r', 'print hi\r']);
    expect(host.ran).toEqual(['echo a', 'print hi']);
    expect(lines).toEqual(['$ echo a', '$ print hi', 'hi⏎', '$']);
    expect(screen.bracketedPaste).toBe(false);
  });

  it('LE6 a paste is edited, not run', async () => {
    const { host, lines } = await session(['\x1b[200~rm a\r\nrm b\r\n\x1b[201~']);
    expect(host.ran).toEqual([]);
    expect(lines).toEqual(['$ rm a', '> rm b']);
    expect((await session(['\x1b[200~rm a\nrm b\x1b[201~', '\r'])).host.ran).toEqual(['rm a\nrm b']);
  });

  it('LE7 what is not whole goes on below, and is recalled whole', async () => {
    const { host, lines } = await session(["echo 'a\r", "b'\r", '\x1b[A']);
    expect(host.ran).toEqual(["echo 'a\nb'"]);
    expect(lines).toEqual(["$ echo 'a", "> b'", "$ echo 'a", "> b'"]);
    expect(host.files.contents.get('/home/.history')).toBe("echo 'a\n\tb'\n");
  });

  it('Ctrl-C leaves the line, Ctrl-D on an empty one ends', async () => {
    const { host, lines } = await session(['echo gone', '\x03', 'ls\r', '\x04', 'never\r']);
    expect(host.ran).toEqual(['ls']);
    expect(lines).toEqual(['$ echo gone^C', '$ ls', '$']);
  });

  it('Ctrl-D where the host stays begins a new line; a terminal that hangs up ends all the same', async () => {
    const stays = (times: number) => (host: FakeHost): void => { host.stays = times; };
    const { host, lines } = await session(['\x04', 'ls\r', '\x04', 'never\r'], stays(1));
    expect(host.ran).toEqual(['ls']);
    expect(lines).toEqual(['$', '$ ls', '$']);
    expect((await session(['ls\r'], stays(9))).host.ran).toEqual(['ls']);
  });

  it('LE9 Ctrl-R finds, shows what it looks for, and runs or edits what it found', async () => {
    const history = withHistory('make one', 'make two', 'ls');
    const shown = await session(['\x12mak'], history);
    expect(shown.lines).toEqual(["(reverse-i-search)'mak': make two"]);
    expect((await session(['\x12', 'mak', '\x12', '\r'], history)).host.ran).toEqual(['make one']);
    expect((await session(['\x12', 'two', '\x05', ' x\r'], history)).host.ran).toEqual(['make two x']);
    const failed = await session(['\x12', 'nope'], history);
    expect(failed.lines).toEqual(["(failed reverse-i-search)'nope':"]);
    expect(failed.screen.bells).toBeGreaterThan(0);
    expect((await session(['dra', '\x12two', '\x07', 'ft\r'], history)).host.ran).toEqual(['draft']);
    expect((await session(['\x12two', '\x03', 'x\r'], history)).host.ran).toEqual(['x']);
    expect((await session(['\x12m', '\x12', '\x13', '\r'], history)).host.ran).toEqual(['make two']);
  });

  it('LE9 what was found has a place in the history: up and down go on from there', async () => {
    const history = withHistory('one', 'two', 'three');
    expect((await session(['\x12two', '\x1b[A', '\r'], history)).host.ran).toEqual(['one']);
  });

  it('M-. gives the last argument of the lines before, one after the other', async () => {
    const history = withHistory('ls first', "cat 'a b' ;");
    expect((await session(['x \x1b.', '\r'], history)).host.ran).toEqual(["x 'a b'"]);
    expect((await session(['x \x1b.\x1b.', '\r'], history)).host.ran).toEqual(['x first']);
  });

  it('LE12 a second Tab lists in columns; many only when asked for', async () => {
    const { lines } = await session(['c\t\t']);
    expect(lines).toEqual(['$ c', 'cargo  cat    cd     cut', '$ c']);
    const many = (host: FakeHost): void => void host.commands.push(...Array.from({ length: 120 }, (_, index) => `cx${index}`));
    const asked = await session(['c\t', '\t', 'n'], many);
    expect(asked.lines).toEqual(['$ c', 'Display all 124 possibilities? (y or n)', 'n', '$ c']);
  });

  it('LE5 names are shown without their control characters', async () => {
    const { lines } = await session(['ls x\t\t'], (host) => {
      host.files.directories.set('.', [{ name: 'x\x1b[2J1', kind: 'file' }, { name: 'xb\n', kind: 'file' }]);
    });
    expect(lines).toEqual(['$ ls x', 'x?[2J1  xb?', '$ ls x']);
  });

  it('LE4 a resize is seen when a signal interrupts the wait for keys', async () => {
    let drawn = 0;
    const narrow = (): void => {
      drawn = host.written.length;
      host.columns = 20;
    };
    const host = new FakeHost(['abcdefghijklmnopqrstuvwxyz', narrow]);
    const screen = await Screen.open(40, 12);
    new LineLoop(host).run();
    await screen.feed(host.written.slice(0, drawn));
    screen.resize(20, 12);
    await screen.feed(host.written.slice(drawn));
    expect(screen.lines).toEqual(['$ abcdefghijklmnopqr', 'stuvwxyz']);
  });

  it('the prompt is PS1 with its escapes; one that is too wide is not drawn', async () => {
    const shown = await session(['x'], (host) => host.variables.set('PS1', '\\u \\W\\n\\[\\e[31m\\]\\?\\e[0m $USER> '));
    expect(shown.lines).toEqual(['you ~', '0 you> x']);
    const wide = await session(['x'], (host) => host.variables.set('PS1', 'p'.repeat(60)));
    expect(wide.lines).toEqual(['$ x']);
    const hostile = await session(['x'], (host) => {
      host.variables.set('PS1', '\\w $USER ');
      host.variables.set('USER', '\x1b[2Jme\x07');
      host.cwd = '/a\x1b]0;x\x07';
    });
    expect(hostile.lines).toEqual(['/a?]0;x? ?[2Jme? x']);
  });

  it('without PS1 the prompt tells the directory, and whether the last line failed', async () => {
    const { host } = await session(['false\r'], (made) => made.variables.delete('PS1'));
    expect(host.written).toContain('\x1b[1;36m~\x1b[0m \x1b[32m$\x1b[0m ');
    expect(host.written).toContain('\x1b[1;36m~\x1b[0m \x1b[31m$\x1b[0m ');
  });

  it('LE13 undoes what an ended program left the terminal in', async () => {
    const { lines } = await session(['print \x1b[?1049h\x1b[5;9r\x1b[31mjunk\r', 'ok\r']);
    expect(lines.at(-2)).toBe('$ ok');
  });
});
