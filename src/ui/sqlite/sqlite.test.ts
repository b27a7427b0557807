import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { DatabaseSession } from './session.ts';

let sql: SqlJsStatic;
beforeAll(async () => {
  sql = await initSqlJs();
});

/** The file of a database that these statements make. */
function made(statements: string): Uint8Array {
  const db = new sql.Database();
  db.exec(statements);
  const bytes = db.export();
  db.close();
  return bytes;
}

const open = (statements: string): DatabaseSession => new DatabaseSession(sql, made(statements));
const texts = (rows: { text: string }[][]): string[][] => rows.map((row) => row.map(({ text }) => text));

describe('a database', () => {
  it('lists tables first, then views, indexes and triggers', () => {
    const { facts } = open('create table b(x); create table a(x); create index i on a(x); create view v as select 1; create trigger t after insert on a begin select 1; end;');
    expect(facts.objects.map(({ type, name }) => `${type} ${name}`)).toEqual(['table a', 'table b', 'view v', 'index i', 'trigger t']);
    expect(facts.objects[0]).toMatchObject({ sql: 'CREATE TABLE a(x)', table: 'a' });
  });

  it('shows values as they are: 64-bit numbers, NULL, blobs as hexadecimal, long texts cut', () => {
    const session = open(`create table "odd ""name"(n, t, b, z); insert into "odd ""name" values (9223372036854775807, '${'x'.repeat(5000)}', x'00ff10', null), (1.5, 'a', zeroblob(100), '');`);
    const { columns, rows, problem } = session.describe('odd "name');
    expect([columns, rows, problem]).toEqual([['n', 't', 'b', 'z'], 2, null]);
    const [first, second] = session.rows('odd "name', columns, 0, 10, null);
    expect(first).toMatchObject([{ kind: 'number', text: '9223372036854775807' }, { kind: 'text', length: 5000 }, { kind: 'bytes', text: '00ff10 (3 bytes)' }, { kind: 'null', text: 'NULL' }]);
    expect(first![1]!.text.length).toBe(2000);
    expect(second![2]!.text).toMatch(/^0{128}… \(100 bytes\)$/);
    expect(session.value('odd "name', columns, 0, 1, null).length).toBe(5000);
    expect(session.value('odd "name', columns, 0, 2, null)).toBe('00FF10');
  });

  it('gives pages in order, sorted on demand', () => {
    const session = open('create table n(x); insert into n with recursive c(v) as (select 1 union all select v + 1 from c where v < 2000) select v from c;');
    expect(texts(session.rows('n', ['x'], 1000, 1003, null))).toEqual([['1001'], ['1002'], ['1003']]);
    expect(texts(session.rows('n', ['x'], 0, 2, { column: 0, descending: true }))).toEqual([['2000'], ['1999']]);
    expect(session.rows('n', ['x'], 0, 5000, null).length).toBe(500);
  });
});

describe('queries', () => {
  it('are bounded, and cannot write', () => {
    const session = open('create table n(x); insert into n values (1);');
    const result = session.query('with recursive c(v) as (select 1 union all select v + 1 from c) select v from c; select 2');
    expect([result.columns, result.rows.length, result.more, result.left]).toEqual([['v'], 10_000, true, true]);
    for (const statement of ['insert into n values (2)', 'delete from n', 'drop table n', 'create table m(x)']) expect(() => session.query(statement)).toThrow(/readonly|read-only|write/i);
    expect(texts(session.query('select count(*) from n').rows)).toEqual([['1']]);
  });
  it('say what is wrong in words', () => expect(() => open('create table n(x)').query('selct')).toThrow(/syntax error/));
});

describe('hostile databases', () => {
  it('views that do not end can be counted by nobody, but have a schema', () => {
    const session = open('create table a(x); create view bad as select * from missing;');
    expect(session.describe('bad')).toMatchObject({ rows: null, problem: expect.stringContaining('missing') });
  });
  it('a database that keeps a log is opened without it', () => {
    const bytes = made('create table a(x); insert into a values (1)');
    bytes[18] = bytes[19] = 2;
    const session = new DatabaseSession(sql, bytes);
    expect(session.facts.wal).toBe(true);
    expect(session.describe('a').rows).toBe(1);
  });
  it.each([1, 2, 3, 4])('damaged ones, seed %i, end in words', (seed) => {
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * below);
    };
    const whole = made('create table a(x, y); create index i on a(x); insert into a with recursive c(v) as (select 1 union all select v + 1 from c where v < 300) select v, hex(v) from c; create view v as select * from a;');
    for (let round = 0; round < 40; round++) {
      const bytes = whole.slice(0, next(4) === 0 ? next(whole.length) : whole.length);
      for (let left = 1 + next(40); left > 0; left--) bytes[(next(2) === 0 ? 0 : 16) + next(Math.max(1, bytes.length - 16))] = next(256);
      let session: DatabaseSession | null = null;
      try {
        session = new DatabaseSession(sql, bytes);
        for (const { name, type } of session.facts.objects.slice(0, 5)) {
          if (type !== 'table' && type !== 'view') continue;
          const { columns, problem } = session.describe(name);
          if (problem === null) session.rows(name, columns, 0, 50, null);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).toMatch(/\w/);
      }
      session?.close();
    }
  });
});
