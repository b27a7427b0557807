import type { ImportResults, ResultType } from '../../shared/abi/index.ts';
import { HEADER, Kind, NotUnderstood, Reader, Section, skipImport } from './module-binary.ts';

/** Forms of types (core specification 3.0, 5.3.9 on). */
const Form = { RECURSIVE: 0x4e, FINAL: 0x4f, SUB: 0x50, ARRAY: 0x5e, STRUCT: 0x5f, FUNCTION: 0x60 } as const;
const NUMBERS: Readonly<Record<number, ResultType>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64' };
/** (ref null ht), and its short forms from 0x69 to 0x74. */
const REF_NULL = 0x63;
const SHORT_REFS = { first: 0x69, last: 0x74 } as const;

function resultType(first: number): ResultType {
  return NUMBERS[first] ?? (first === REF_NULL || (first >= SHORT_REFS.first && first <= SHORT_REFS.last) ? 'ref' : 'other');
}

function skipTypes(reader: Reader): void {
  for (let left = reader.number(); left > 0; left--) reader.type();
}

function skipFields(reader: Reader, count: number): void {
  for (let left = count; left > 0; left--) {
    reader.type();
    reader.byte();
  }
}

/** One type: where its results are, 0 if it is no function's. */
function readType(reader: Reader): number {
  let form = reader.byte();
  if (form === Form.SUB || form === Form.FINAL) {
    for (let left = reader.number(); left > 0; left--) reader.number();
    form = reader.byte();
  }
  if (form === Form.ARRAY) skipFields(reader, 1);
  else if (form === Form.STRUCT) skipFields(reader, reader.number());
  else if (form !== Form.FUNCTION) throw new NotUnderstood(`a type of form ${form}`);
  if (form !== Form.FUNCTION) return 0;
  skipTypes(reader);
  const results = reader.at;
  skipTypes(reader);
  return results;
}

/** For each type where its results are. */
function readTypes(reader: Reader): number[] {
  const places: number[] = [];
  for (let left = reader.number(); left > 0; left--) {
    const group = reader.bytes[reader.at] === Form.RECURSIVE;
    if (group) reader.byte();
    for (let inside = group ? reader.number() : 1; inside > 0; inside--) places.push(readType(reader));
  }
  return places;
}

function resultsAt(reader: Reader, place: number | undefined): ResultType[] {
  if (!place) throw new NotUnderstood('an import is of a type that is none');
  const results = new Reader(reader.bytes, place, reader.end);
  return Array.from({ length: results.number() }, () => resultType(results.type()));
}

const isUsual = (results: readonly ResultType[]): boolean => results.length === 0 || (results.length === 1 && results[0] === 'i32');

function readImports(reader: Reader, types: number[]): ImportResults | null {
  const found: Record<number, readonly ResultType[]> = {};
  const count = reader.number();
  for (let index = 0; index < count; index++) {
    reader.skip(reader.number());
    reader.skip(reader.number());
    const kind = reader.byte();
    if (kind !== Kind.FUNCTION) {
      skipImport(reader, kind);
      continue;
    }
    const results = resultsAt(reader, types[reader.number()]);
    if (!isUsual(results)) found[index] = results;
  }
  return Object.keys(found).length > 0 ? found : null;
}

/** Of a module that compiles. Null if its imported functions all give one i32 or nothing, or if it is not understood. */
export function importResults(bytes: Uint8Array): ImportResults | null {
  try {
    const reader = new Reader(bytes, HEADER, bytes.length);
    let types: number[] = [];
    while (reader.at < reader.end) {
      const id = reader.byte();
      const length = reader.number();
      if (id === Section.TYPE) types = readTypes(new Reader(bytes, reader.at, bytes.length));
      else if (id === Section.IMPORT) return readImports(new Reader(bytes, reader.at, bytes.length), types);
      reader.skip(length);
    }
    return null;
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}
