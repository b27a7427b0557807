import { describe, expect, it } from 'vitest';
import { Completer } from './complete.ts';
import { contextOf, quoteName, unquote } from './context.ts';
import { helpOptions } from './help-options.ts';
import { FakeHost } from './testing/fake-host.ts';
import { Random } from './testing/random.ts';

function host(): FakeHost {
  const made = new FakeHost();
  const file = (name: string) => ({ name, kind: 'file' as const });
  const directory = (name: string) => ({ name, kind: 'directory' as const });
  made.files.directories.set('.', [directory('docs'), file('dot'), file('my file'), file('.hidden'), file('-rf'), file("it's"), file('a$b'), file('new\nline'), file('ünï'), file('tab\tx')]);
  made.files.directories.set('docs', [file('one.txt'), file('one.md'), directory('deep')]);
  made.files.directories.set('my dir', [file('in side')]);
  made.files.directories.set('/home', [file('at-home')]);
  made.files.directories.set('/', [directory('home'), directory('tmp')]);
  return made;
}

/** The line after Tab, `null` if there is nothing to offer; `…` where several are left. */
function tab(before: string, on = host()): string | null {
  const completion = new Completer(on).complete(before);
  if (!completion) return null;
  return before.slice(0, before.length - completion.replace) + completion.text + (completion.candidates.length > 1 ? '…' : '');
}

describe('LE10 completion', () => {
  it.each([
    ['ec', 'echo '],
    ['c', 'c…'],
    ['car', 'cargo '],
    ['xyz', null],
    ['true && ec', 'true && echo '],
    ['if ec', 'if echo '],
    ['A=1 ec', 'A=1 echo '],
    ['echo $(ec', 'echo $(echo '],
    ['echo "$(ca', 'echo "$(ca…'],
    ['(ec', '(echo '],
    ['ls | ec', 'ls | echo '],
    ['# ec', null],
    ['ls do', 'ls do…'],
    ['ls doc', 'ls docs/'],
    ['cd do', 'cd docs/'],
    ['ls docs/', 'ls docs/…'],
    ['ls docs/o', 'ls docs/one.…'],
    ['ls docs/one.t', 'ls docs/one.txt '],
    ['cat < dot', 'cat < dot '],
    ['ls my', 'ls my\\ file '],
    ['ls my\\ f', 'ls my\\ file '],
    ['ls "my', 'ls "my file" '],
    ["ls 'my", "ls 'my file' "],
    ['ls it', "ls it\\'s "],
    ["ls 'it", "ls 'it'\\''s' "],
    ['ls a', 'ls a\\$b '],
    ['ls "a', 'ls "a\\$b" '],
    ['ls n', "ls 'new\nline' "],
    ['ls tab', "ls 'tab\tx' "],
    ['ls ü', 'ls ünï '],
    ['ls .', 'ls .hidden '],
    ['ls my\\ dir/', 'ls my\\ dir/in\\ side '],
    ['ls "my dir/', 'ls "my dir/in side" '],
    ['ls "my dir"/', 'ls "my dir"/in\\ side '],
    ['ls ~/', 'ls ~/at-home '],
    ['ls $HOME/a', 'ls $HOME/at-home '],
    ['ls "$HOME/a', 'ls "$HOME/at-home" '],
    ['ls ${HOME}/a', 'ls ${HOME}/at-home '],
    ["ls '$HOME/a", null],
    ['ls /ho', 'ls /home/'],
    ['echo $HO', 'echo $HOME'],
    ['echo ${HO', 'echo ${HOME}'],
    ['echo "$US', 'echo "$USER'],
    ["echo '$US", null],
    ['X=~/', 'X=~/at-home '],
    ['kill %', 'kill %…'],
    ['kill %2', 'kill %2 '],
    ['export HO', 'export HOME '],
    ['echo `ls`$(', 'echo `ls`$(…'],
  ])('%j becomes %j', (before, after) => {
    expect(tab(before)).toBe(after);
  });

  it('a name that begins with a dash is not made an option', () => {
    const on = host();
    on.files.directories.set('.', [{ name: '-rf', kind: 'file' }]);
    expect(tab('rm ', on)).toBe('rm ./-rf ');
  });

  it('LE11 options come from the help text, which is asked for once', () => {
    const on = host();
    on.helps.set('cut', 'Usage: cut\n  -b, --bytes=LIST   these bytes\n  -z, --zero-terminated\n      --output-delimiter=S  text\n');
    const completer = new Completer(on);
    expect(completer.complete('cut --b')).toMatchObject({ replace: 3, text: '--bytes=' });
    expect(completer.complete('cut --z')).toMatchObject({ text: '--zero-terminated ' });
    expect(completer.complete('cut -')?.candidates.map(({ name }) => name)).toEqual(['--bytes', '--output-delimiter', '--zero-terminated', '-b', '-z']);
    expect(on.helped).toEqual(['cut']);
    expect(completer.complete('cut -- -')?.candidates.map(({ name }) => name)).toEqual(['-rf']);
    expect(completer.complete('cut --bytes=do')).toMatchObject({ replace: 2 });
    expect(completer.complete('nothing --b')).toBeNull();
  });

  it.each([1, 2, 3])('any name is read back by the shell as it is, in any quotes (seed %i)', (seed) => {
    const random = new Random(seed);
    const letters = ['a', ' ', "'", '"', '\\', '$', '`', '\n', '\t', '\x1b', '*', '?', '[', '!', '#', '~', '-', '=', '&', ';', '|', '<', '(', '{', 'é', '漢', '😀', '\u202e', '\u0301'];
    for (let count = 0; count < 1000; count++) {
      const name = Array.from({ length: 1 + random.below(6) }, () => random.pick(letters)).join('');
      expect(unquote(quoteName(name, '', true)), JSON.stringify(name)).toBe(name);
      expect(unquote(`'${quoteName(name, "'", true)}'`)).toBe(name);
      expect(unquote(`"${quoteName(name, '"', true)}"`)).toBe(name);
      expect(contextOf(`ls ${quoteName(name, '', true)}`)?.raw, JSON.stringify(name)).toBe(quoteName(name, '', true));
    }
  });
});

describe('LE11 options of a help text', () => {
  it.each([
    ['  -a, --all                  do not ignore', [['-a', false], ['--all', false]]],
    ['      --color[=WHEN]         colour', [['--color', false]]],
    ['  -n, --lines=NUM  print', [['-n', false], ['--lines', true]]],
    ['    -i, --ignore-case\n            Case insensitive', [['-i', false], ['--ignore-case', false]]],
    ['usage: rm [-rf] path', [['-r', false], ['-f', false]]],
    ['usage: x [--all] [-n num]', [['--all', false], ['-n', false]]],
    ['no options - at all', []],
    ['\t-v\tbe loud', [['-v', false]]],
    ['  -1                         one', [['-1', false]]],
    ['  --file <FILE>  a file', [['--file', false]]],
  ])('%j', (text, expected) => {
    expect(helpOptions(text).map(({ name, value }) => [name, value])).toEqual(expected);
  });

  it('takes the words beside or below', () => {
    expect(helpOptions('  -a, --all   every one\n  -i, --ignore\n          any case').map(({ summary }) => summary)).toEqual(['every one', 'every one', 'any case', 'any case']);
  });

  it('is bounded, and quick on hostile texts', () => {
    expect(helpOptions(Array.from({ length: 2000 }, (_, index) => `  --o${index}`).join('\n'))).toHaveLength(500);
    expect(helpOptions(`  -${'-'.repeat(60000)}`)).toEqual([]);
    expect(helpOptions(`  -a${' ,-b'.repeat(15000)}`).length).toBeLessThan(3);
  });
});
