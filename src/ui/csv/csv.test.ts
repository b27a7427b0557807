import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { cellAt, cellsOf, findDelimiter, findRows, type Delimiter } from './rows.ts';
import { TableSession } from './session.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const byteOf = (delimiter: string): number => delimiter.charCodeAt(0);

function read(text: string, delimiter: Delimiter = ','): string[][] {
  const data = bytes(text);
  return [...findRows(data, byteOf(delimiter))].map((row) => cellsOf(data, row, byteOf(delimiter)));
}

describe('rows and cells', () => {
  it.each([
    ['a,b\n1,2', [['a', 'b'], ['1', '2']]], ['a,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']]], ['"a,b","c\nd"\n"e""f",', [['a,b', 'c\nd'], ['e"f', '']]],
    ['\ufeffa,b', [['a', 'b']]], ['a b"c,d', [['a b"c', 'd']]], ['"open,\nto the end', [['open,\nto the end']]], ['', []], ['\n\n', []], [',', [['', '']]], ['"",""', [['', '']]],
  ])('%j', (text, rows) => expect(read(text)).toEqual(rows));

  it('a cell is found by its column', () => {
    const data = bytes('"x,y",2,"a""b"\n');
    expect([0, 1, 2, 3].map((column) => cellAt(data, 0, 44, column))).toEqual(['x,y', '2', 'a"b', '']);
  });

  it.each([['a,b\n1,2\n', ','], ['a;b;c\n1,5;2;3\n', ';'], ['a\tb\n1\t2', '\t'], ['a|b\n1|2', '|'], ['plain text', ',']])('%j is split by %j', (text, delimiter) => expect(findDelimiter(bytes(text))).toBe(delimiter));
});

describe('random tables', () => {
  it.each([1, 2, 3, 4])('seed %i: read as another reader reads them', (seed) => {
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * below);
    };
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 1 + next(6) }, () => Array.from({ length: 1 + next(5) }, () => Array.from({ length: next(6) }, () => 'ab1,;"\n é\u202e'[next(10)]).join('')));
      const text = Papa.unparse(rows, { newline: '\n' });
      // A row of one empty cell is an empty line, and so none.
      const theirs = Papa.parse<string[]>(text, { delimiter: ',' }).data.filter((row) => row.length > 1 || row[0] !== '');
      const ours = read(text).filter((row) => row.length > 1 || row[0] !== '');
      expect(ours).toEqual(theirs);
    }
  });

  it.each([7, 8])('seed %i: bytes that are no table are read to their end', (seed) => {
    let state = seed;
    for (let round = 0; round < 100; round++) {
      const data = Uint8Array.from({ length: 200 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return [0x22, 0x2c, 0x0a, 0x0d, 0x61, 0xff, 0x00, 0xc3][state >>> 29]!;
      });
      const rows = findRows(data, 44);
      expect([...rows].every((row, at) => at === 0 || row > rows[at - 1]!)).toBe(true);
      for (const row of rows) expect(cellsOf(data, row, 44).length).toBeGreaterThan(0);
    }
  });
});

describe('a table', () => {
  const session = (): TableSession => {
    const table = new TableSession(bytes('name,age\nbob,9\nAda,10\n,\neve,x\nabe,9\n'));
    table.open({ delimiter: null, header: true });
    return table;
  };
  const names = (table: TableSession): string[] => table.rows(0, 100).map(({ number, cells }) => `${number}${cells[0]}`);
  it('sorts numbers by size, texts after them, what is empty last', () => {
    const table = session();
    table.arrange({ filter: '', sort: { column: 1, descending: false } });
    expect(names(table)).toEqual(['1bob', '5abe', '2Ada', '4eve', '3']);
    table.arrange({ filter: '', sort: { column: 1, descending: true } });
    expect(names(table)).toEqual(['4eve', '2Ada', '1bob', '5abe', '3']);
  });
  it('filters without regard to case, and gives the whole of a cell', () => {
    const table = session();
    expect(table.arrange({ filter: 'AD', sort: null })).toBe(1);
    expect(table.rows(0, 10)).toEqual([{ number: 2, cells: ['Ada', '10'] }]);
    expect(table.cell(0, 0)).toBe('Ada');
    const long = new TableSession(bytes(`a\n"${'x'.repeat(50_000)}"\n`));
    long.open({ delimiter: ',', header: true });
    expect(long.rows(0, 1)[0]!.cells[0]!.length).toBe(2000);
    expect(long.cell(0, 0).length).toBe(50_000);
  });
  it('takes the first row for a header unless there is a number in it', () => {
    const open = (text: string) => new TableSession(bytes(text)).open({ delimiter: ',', header: null });
    expect(open('name,age\nbob,9\n')).toMatchObject({ header: true, rows: 1 });
    expect(open('bob,9\nada,10\n')).toMatchObject({ header: false, rows: 2 });
    expect(open('')).toMatchObject({ header: false, rows: 0 });
  });
  it('has titles from the first row, or numbers', () => {
    expect(new TableSession(bytes('a,\n1,2,3\n')).open({ delimiter: null, header: true })).toMatchObject({ titles: ['a', 'column 2', 'column 3'], rows: 1 });
    expect(new TableSession(bytes('a,b\n1,2\n')).open({ delimiter: null, header: false })).toMatchObject({ titles: ['column 1', 'column 2'], rows: 2 });
  });
});
