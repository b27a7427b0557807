import { describe, expect, it } from 'vitest';
import { HistoryFile } from './history-file.ts';
import { decodeEntries, encodeEntry, History, HISTORY_MAX } from './history.ts';
import { Search } from './search.ts';
import { FakeFiles } from './testing/fake-host.ts';

describe('LE8 history', () => {
  it('goes back and forth, and keeps what was being typed', () => {
    const history = new History(['one', 'two']);
    expect([history.step(-1, 'dra'), history.step(-1, 'two'), history.step(-1, 'one')]).toEqual(['two', 'one', null]);
    expect([history.step(1, 'one'), history.step(1, 'two'), history.step(1, 'dra')]).toEqual(['two', 'dra', null]);
  });

  it('keeps no line twice in a row, none that is blank or begins with a blank', () => {
    const history = new History(['two']);
    expect(['two', ' secret', '', '\tx', '\n', 'three', 'two'].map((line) => history.add(line))).toEqual([false, false, false, false, false, true, true]);
    expect(history.lines).toEqual(['two', 'three', 'two']);
  });

  it('lines of several rows come back whole', () => {
    const lines = ['for x in a\ndo\n\techo $x\n\ndone', 'echo 1', "echo '\n'"];
    expect(decodeEntries(lines.map((line) => encodeEntry(line)).join(''))).toEqual(lines);
  });

  it('two sessions share a file, line by line', () => {
    const files = new FakeFiles();
    const [one, two] = [new HistoryFile(files, '/h'), new HistoryFile(files, '/h')];
    one.add('a\nb');
    two.add('c');
    one.add('d');
    expect(new HistoryFile(files, '/h').load()).toEqual(['a\nb', 'c', 'd']);
  });

  it('the file is cut to its newest lines when it has grown', () => {
    const files = new FakeFiles();
    files.contents.set('/h', Array.from({ length: 2 * HISTORY_MAX + 5 }, (_, index) => `line ${index}\n`).join(''));
    const loaded = new HistoryFile(files, '/h').load();
    expect([loaded.length, loaded.at(-1)]).toEqual([HISTORY_MAX, `line ${2 * HISTORY_MAX + 4}`]);
    expect(decodeEntries(files.contents.get('/h')!)).toEqual(loaded);
  });

  it('a file of any bytes is read, its beginning left out', () => {
    const files = new FakeFiles();
    files.contents.set('/h', `${'x'.repeat(3 << 20)}\nlast\n`);
    expect(new HistoryFile(files, '/h').load()).toEqual(['last']);
    expect(decodeEntries('\t\x1b[2J\n\n\ta\n')).toEqual([]);
  });

  it('a line too long to be stored is not', () => {
    expect(encodeEntry('x'.repeat(40_000))).toBeNull();
  });
});

describe('LE9 the search', () => {
  const lines = ['make all', 'echo make', 'ls', 'echo make', 'make clean', ''];
  const seen = ({ state, line }: Search): unknown[] => [line, state.offset, state.failed];

  it('finds the newest line, then older ones, each once', () => {
    const search = new Search(lines, 5, 'back');
    search.type('m');
    search.type('ake');
    expect(seen(search)).toEqual(['make clean', 0, false]);
    search.again('back', '');
    expect(seen(search)).toEqual(['echo make', 5, false]);
    search.again('back', '');
    expect(seen(search)).toEqual(['make all', 0, false]);
    search.again('back', '');
    expect(seen(search)).toEqual(['make all', 0, true]);
    search.again('forward', '');
    expect(seen(search)).toEqual(['echo make', 5, false]);
  });

  it('goes back key by key', () => {
    const search = new Search(lines, 5, 'back');
    search.type('l');
    search.type('s');
    expect(seen(search)).toEqual(['ls', 0, false]);
    search.type('x');
    expect(seen(search)).toEqual(['ls', 0, true]);
    search.back();
    search.back();
    expect(seen(search)).toEqual(['make clean', 6, false]);
    expect([search.back(), search.back()]).toEqual([true, false]);
  });

  it('without a pattern looks for the last one', () => {
    const search = new Search(lines, 5, 'back');
    search.again('back', 'all');
    expect(seen(search)).toEqual(['make all', 5, false]);
  });
});
