import type { ManifestProblem } from '../../shared/abi/index.ts';
import type { Located, LocatedTable, Place } from './toml.ts';

/** Problems told of one text, at most. */
const PROBLEMS_MAX = 100;
const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, kB: 1000, MB: 1e6, GB: 1e9 };
const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** Reads what a text should hold, and gathers what is wrong with it, each with its place. */
export class Checker {
  readonly problems: ManifestProblem[] = [];

  fault(place: Place, key: string, message: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ line: place.line, column: place.column, key, message });
  }

  /** A table whose keys are known. An absent one is empty. */
  table(value: Located | undefined, key: string, known: readonly string[]): Fields {
    if (value && value.kind !== 'table') this.fault(value, key, `${key} is a table, not ${describe(value)}`);
    const table = value?.kind === 'table' ? value : null;
    for (const [name, entry] of table?.entries ?? []) {
      if (!known.includes(name)) this.fault(entry.key, joined(key, name), `${name.slice(0, 40)} is not known here; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`);
    }
    return new Fields(this, table, key);
  }
}

function joined(key: string, name: string): string {
  return key === '' ? name.slice(0, 40) : `${key}.${name.slice(0, 40)}`;
}

function describe(value: Located): string {
  switch (value.kind) {
    case 'list': return 'a list';
    case 'table': return 'a table';
    case 'string': return 'a text';
    case 'number': return 'a number';
    case 'boolean': return `${value.value}`;
    case 'other': return value.what;
  }
}

/** Says what is wrong with a text; null: nothing. */
export type TextCheck = (text: string) => string | null;

/** The members of one table. */
export class Fields {
  readonly #checker: Checker;
  readonly #table: LocatedTable | null;
  readonly #key: string;

  constructor(checker: Checker, table: LocatedTable | null, key: string) {
    this.#checker = checker;
    this.#table = table;
    this.#key = key;
  }

  value(name: string): Located | undefined {
    return this.#table?.entries.get(name)?.value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** Where the table stands, and its name, for faults that are of the whole. */
  fault(message: string, name?: string): void {
    const place = (name !== undefined && this.value(name)) || this.#table || { line: 1, column: 1 };
    this.#checker.fault(place, name === undefined ? this.#key : joined(this.#key, name), message);
  }

  #wrong(value: Located, name: string, wanted: string): undefined {
    this.#checker.fault(value, joined(this.#key, name), `${name} is ${wanted}, not ${describe(value)}`);
    return undefined;
  }

  /** Default `max` 200 characters. */
  text(name: string, check: TextCheck = () => null, max = 200): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind !== 'string') return this.#wrong(value, name, 'a text');
    return this.#checked(value, joined(this.#key, name), check, max);
  }

  #checked(value: Located & { kind: 'string' }, key: string, check: TextCheck, max: number): string | undefined {
    const why = value.value.length > max ? `it has more than ${max} characters` : check(value.value);
    if (why === null) return value.value;
    this.#checker.fault(value, key, why);
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    return value.kind === 'boolean' ? value.value : this.#wrong(value, name, 'true or false');
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.text(name, (text) => (choices.includes(text as T) ? null : `${name} is one of ${choices.join(', ')}`)) as T | undefined;
  }

  /** A whole number from `min` to `max`. */
  number(name: string, min: number, max: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind !== 'number') return this.#wrong(value, name, 'a number');
    return this.#whole(value, name, min, max);
  }

  #whole(value: Located & { kind: 'number' }, name: string, min: number, max: number): number | undefined {
    if (value.whole && value.value >= min && value.value <= max) return value.value;
    this.#checker.fault(value, joined(this.#key, name), `${name} is a whole number from ${min} to ${max}`);
    return undefined;
  }

  /** Bytes: a number, or a text such as `64 MiB`. */
  bytes(name: string): number | undefined {
    return this.#measured(name, UNITS, 'bytes, such as "64 MiB"');
  }

  /** Milliseconds: a number, or a text such as `10 s`. */
  milliseconds(name: string): number | undefined {
    return this.#measured(name, TIMES, 'a time, such as "10 s"');
  }

  #measured(name: string, units: Readonly<Record<string, number>>, wanted: string): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value.kind === 'number') return this.#whole(value, name, 0, Number.MAX_SAFE_INTEGER);
    if (value.kind !== 'string') return this.#wrong(value, name, wanted);
    const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([A-Za-z]+)$/.exec(value.value) ?? [];
    const factor = Object.hasOwn(units, unit) ? units[unit]! : NaN;
    const measured = Math.floor(Number(digits) * factor);
    if (digits !== '' && Number.isSafeInteger(measured)) return measured;
    this.#checker.fault(value, joined(this.#key, name), `${name} is ${wanted}; units are ${Object.keys(units).join(', ')}`);
    return undefined;
  }

  /** A list, each item read by `read`; no two of them may have the same `same`. */
  list<T>(name: string, read: (item: Located, key: string) => T | undefined, same: (item: T) => string): T[] {
    const value = this.value(name);
    if (value === undefined) return [];
    if (value.kind !== 'list') {
      this.#wrong(value, name, 'a list');
      return [];
    }
    const seen = new Set<string>();
    return value.items.flatMap((item, at) => {
      const key = `${joined(this.#key, name)}[${at}]`;
      const one = read(item, key);
      if (one === undefined) return [];
      const is = same(one);
      if (seen.has(is)) {
        this.#checker.fault(item, key, `${is} stands here twice`);
        return [];
      }
      seen.add(is);
      return [one];
    });
  }

  texts(name: string, check: TextCheck, max = 4096): string[] {
    return this.list(name, (item, key) => {
      if (item.kind === 'string') return this.#checked(item, key, check, max);
      this.#checker.fault(item, key, `${name} is a list of texts, not of ${describe(item)}`);
      return undefined;
    }, (text) => text);
  }

  numbers(name: string, min: number, max: number): number[] {
    return this.list(name, (item, key) => {
      if (item.kind === 'number' && item.whole && item.value >= min && item.value <= max) return item.value;
      this.#checker.fault(item, key, `${name} is a list of whole numbers from ${min} to ${max}`);
      return undefined;
    }, String);
  }

  tables<T>(name: string, known: readonly string[], read: (fields: Fields) => T | undefined, same: (item: T) => string): T[] {
    return this.list(name, (item, key) => {
      if (item.kind === 'table') return read(this.#checker.table(item, key, known));
      this.#checker.fault(item, key, `${name} is a list of tables`);
      return undefined;
    }, same);
  }
}
