import { describe, expect, it } from 'vitest';
import type { ProcessInfo } from '../../shared/abi/index.ts';
import { COMMANDS } from '../commands/index.ts';
import { findEntries, parseQuery, type Sources } from './entries.ts';

const process = (pid: number, name: string, state = 'running'): ProcessInfo => ({ pid, name, state }) as ProcessInfo;
const sources: Sources = {
  commands: COMMANDS, reasonOf: ({ id }) => (id === 'file.download' ? 'No file is open.' : null),
  recent: { commands: ['dock.right', 'gone'], files: ['/home/a.txt'] },
  files: () => ['/home/report.csv', '/home/data/orders.csv', '/bin/hello-rust.wasm', '/home/\u202egpj.exe'],
  processes: [process(3, 'sh'), process(12, 'summarise')],
};
const titles = (text: string): string[] => findEntries(text, sources).flatMap(({ entries }) => entries.map(({ title }) => title));

describe('the palette', () => {
  it('reads what is looked for from the first letter', () => {
    expect(parseQuery('> split ')).toEqual({ mode: 'commands', query: 'split' });
    expect(parseQuery('@sh')).toEqual({ mode: 'processes', query: 'sh' });
    expect(parseQuery(' a')).toEqual({ mode: 'all', query: 'a' });
  });

  it('lists all commands, those used last first, each once', () => {
    const [used, ...rest] = findEntries('', sources);
    expect(used).toMatchObject({ heading: 'Used last', entries: [{ id: 'dock.right', keys: 'Ctrl+\\' }, { id: 'file /home/a.txt' }] });
    const ids = [used!, ...rest].flatMap(({ entries }) => entries.map(({ id }) => id)).filter((id) => !id.startsWith('file '));
    expect(ids.toSorted()).toEqual(COMMANDS.map(({ id }) => id).toSorted());
    expect(findEntries('>', sources)[0]?.entries).toHaveLength(1);
  });

  it('finds each command first by its own title', () => {
    for (const { title } of COMMANDS) expect(titles(title)[0], title).toBe(title);
  });

  it('finds files by name before path, and programs to run', () => {
    expect(titles('report')).toContain('/home/report.csv');
    expect(titles('csv').filter((title) => title.endsWith('csv'))).toEqual(['/home/report.csv', '/home/data/orders.csv']);
    expect(findEntries('hellorust', sources).flatMap(({ entries }) => entries.map(({ id }) => id))).toEqual(expect.arrayContaining(['file /bin/hello-rust.wasm', 'run /bin/hello-rust.wasm']));
    expect(titles('>orders')).not.toContain('/home/data/orders.csv');
  });

  it('says why a command cannot be run', () => {
    expect(findEntries('download the open', sources)[0]?.entries[0]).toMatchObject({ title: 'Download the open file', unavailable: 'No file is open.' });
  });

  it('finds processes, and shows no name that could deceive', () => {
    expect(titles('@')).toEqual(expect.arrayContaining(['3 sh', '12 summarise']));
    expect(titles('@summ')).toEqual(['12 summarise']);
    expect(titles('gpj').join()).not.toContain('\u202e');
    expect(titles('?')).toEqual(['>', '@', '?']);
    expect(titles('zzzzqq')).toEqual([]);
  });
});
