import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';

export interface DatabaseObject {
  type: 'table' | 'view' | 'index' | 'trigger';
  name: string;
  /** The table that an index or a trigger belongs to. */
  table: string;
  /** How it was made; '' for what SQLite makes by itself. */
  sql: string;
}

export interface DatabaseFacts {
  objects: DatabaseObject[];
  /** There are more than are listed. */
  more: boolean;
  /** It keeps a log beside it, which is not read. */
  wal: boolean;
  pageSize: number;
  pages: number;
  userVersion: number;
}

/** A value as it is shown: texts and blobs cut, with their whole length in characters or bytes. */
export interface SqlCell {
  kind: 'text' | 'number' | 'null' | 'bytes';
  text: string;
  length: number;
}

export interface ObjectFacts {
  columns: string[];
  /** Null where they cannot be counted: `problem` says why. */
  rows: number | null;
  problem: string | null;
}

export interface QueryResult {
  columns: string[];
  rows: SqlCell[][];
  /** Stopped at the bound; there is more. */
  more: boolean;
  /** Statements after the first that gave rows are not run. */
  left: boolean;
}

const OBJECTS_MAX = 5_000;
const PAGE_MAX = 500;
const TEXT_MAX = 2_000;
const BLOB_MAX = 64;
const VALUE_MAX = 1_000_000;
/** Rows and characters of a query's result. */
const RESULT_ROWS_MAX = 10_000;
const RESULT_TEXT_MAX = 32_000_000;
/** SQLite gives at most 2000 columns; each is asked for with its length. */
const MEASURED_MAX = 900;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * A database in memory, a copy of the file: nothing that is asked of it can change anything. Its schema is not trusted (SQLite's `trusted_schema`), so
 * views and triggers can call no function with side effects; pages are checked as they are read.
 */
export class DatabaseSession {
  readonly #db: Database;
  readonly facts: DatabaseFacts;

  /** @throws where it is no database, or its schema cannot be read */
  constructor(sql: SqlJsStatic, bytes: Uint8Array) {
    // A database that keeps a log is opened as one without: there is no shared memory for it here.
    const wal = bytes[18] === 2 || bytes[19] === 2;
    if (wal) bytes[18] = bytes[19] = 1;
    this.#db = new sql.Database(bytes);
    for (const pragma of ['trusted_schema = OFF', 'cell_size_check = ON', 'query_only = ON', 'temp_store = MEMORY', 'hard_heap_limit = 1073741824']) this.#db.exec(`PRAGMA ${pragma}`);
    const rows = this.#all(`SELECT type, name, tbl_name, substr(coalesce(sql, ''), 1, 20000) FROM sqlite_schema ORDER BY type = 'trigger', type = 'index', type = 'view', name LIMIT ${OBJECTS_MAX + 1}`);
    const objects = rows.slice(0, OBJECTS_MAX).map(([type, name, table, text]): DatabaseObject => ({ type: String(type) as DatabaseObject['type'], name: String(name), table: String(table), sql: String(text) }));
    this.facts = { objects, more: rows.length > OBJECTS_MAX, wal, pageSize: this.#number('page_size'), pages: this.#number('page_count'), userVersion: this.#number('user_version') };
  }

  close(): void {
    this.#db.close();
  }

  #number(pragma: string): number {
    return Number(this.#all(`PRAGMA ${pragma}`)[0]?.[0] ?? 0);
  }

  #all(sql: string, max = OBJECTS_MAX + 1): SqlValue[][] {
    const statement = this.#db.prepare(sql);
    try {
      const rows: SqlValue[][] = [];
      while (rows.length < max && statement.step()) rows.push(exact(statement));
      return rows;
    } finally {
      statement.free();
    }
  }

  /** Columns and number of rows of a table or view. */
  describe(name: string): ObjectFacts {
    let columns: string[] = [];
    try {
      const statement = this.#db.prepare(`SELECT * FROM ${quoted(name)} LIMIT 0`);
      columns = statement.getColumnNames();
      statement.free();
      return { columns, rows: Number(this.#all(`SELECT count(*) FROM ${quoted(name)}`)[0]![0]), problem: null };
    } catch (error) {
      return { columns, rows: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Rows `[from, to)` of a table or view, at most five hundred; `sort` by a column's number. */
  rows(name: string, columns: string[], from: number, to: number, sort: { column: number; descending: boolean } | null): SqlCell[][] {
    const measured = columns.length <= MEASURED_MAX;
    const fields = measured ? columns.map((column) => `CASE typeof(${quoted(column)}) WHEN 'text' THEN substr(${quoted(column)}, 1, ${TEXT_MAX}) WHEN 'blob' THEN substr(${quoted(column)}, 1, ${BLOB_MAX}) ELSE ${quoted(column)} END, length(${quoted(column)})`).join(', ') : '*';
    const order = sort ? ` ORDER BY ${quoted(columns[sort.column]!)}${sort.descending ? ' DESC' : ''}` : '';
    const count = Math.min(PAGE_MAX, to - from);
    const rows = this.#all(`SELECT ${fields} FROM ${quoted(name)}${order} LIMIT ${count} OFFSET ${from}`, count);
    return rows.map((row) => columns.map((_, column) => (measured ? cellOf(row[column * 2]!, Number(row[column * 2 + 1] ?? 0)) : cellOf(row[column]!))));
  }

  /** A whole value, up to a million characters; a blob as hexadecimal. */
  value(name: string, columns: string[], row: number, column: number, sort: { column: number; descending: boolean } | null): string {
    const order = sort ? ` ORDER BY ${quoted(columns[sort.column]!)}${sort.descending ? ' DESC' : ''}` : '';
    const field = quoted(columns[column]!);
    const [found] = this.#all(`SELECT CASE typeof(${field}) WHEN 'blob' THEN hex(substr(${field}, 1, ${VALUE_MAX / 2})) WHEN 'text' THEN substr(${field}, 1, ${VALUE_MAX}) ELSE ${field} END FROM ${quoted(name)}${order} LIMIT 1 OFFSET ${row}`, 1);
    return found?.[0] === null || found === undefined ? '' : String(found[0]);
  }

  /** Runs statements until one gives rows; those are what is shown. @throws SQLite's own words */
  query(sql: string): QueryResult {
    const statements = this.#db.iterateStatements(sql);
    for (const statement of statements) {
      const columns = statement.getColumnNames();
      if (columns.length === 0) {
        while (statement.step());
        continue;
      }
      const result: QueryResult = { columns, rows: [], more: false, left: statements.getRemainingSQL().trim() !== '' };
      let characters = 0;
      while (statement.step()) {
        if (result.rows.length >= RESULT_ROWS_MAX || characters > RESULT_TEXT_MAX) {
          result.more = true;
          break;
        }
        const row = exact(statement).map((value) => cellOf(value));
        characters += row.reduce((sum, { text }) => sum + text.length, 0);
        result.rows.push(row);
      }
      statement.free();
      return result;
    }
    return { columns: [], rows: [], more: false, left: false };
  }
}

/** A row with whole numbers of 64 bits as they are; the package's types do not know the option. */
function exact(statement: Statement): SqlValue[] {
  return (statement.get as (params: null, options: { useBigInt: boolean }) => SqlValue[]).call(statement, null, { useBigInt: true });
}

function cellOf(value: SqlValue | bigint, length?: number): SqlCell {
  if (value === null) return { kind: 'null', text: 'NULL', length: 0 };
  if (value instanceof Uint8Array) {
    const hex = Array.from(value.subarray(0, BLOB_MAX), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const whole = length ?? value.length;
    return { kind: 'bytes', text: `${hex}${whole > BLOB_MAX ? '…' : ''} (${whole} bytes)`, length: whole };
  }
  if (typeof value === 'string') return { kind: 'text', text: value.slice(0, TEXT_MAX), length: length ?? value.length };
  return { kind: 'number', text: String(value), length: 0 };
}
