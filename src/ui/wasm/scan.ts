import type { Catalogue } from './catalogue.ts';
import { Cursor, U32List, WasmFault } from './cursor.ts';
import { bitOf, type FeatureId } from './features.ts';
import { readOpcode, skipImmediates } from './instructions.ts';
import type { Opcode } from './opcodes.ts';
import { readValueType } from './value-types.ts';

/** What all instructions of a module together tell. */
export interface Scan {
  /** Parallel lists: who names whom. A caller that calls twice is there once for each call. */
  callers: U32List;
  callees: U32List;
  instructions: number;
  features: FeatureId[];
  /** Functions whose body cannot be read to its end, at most a hundred. */
  faults: { index: number; message: string; offset: number }[];
}

/** Edges that are kept; more are not listed as callers. */
const EDGES_MAX = 16_000_000;
const FAULTS_MAX = 100;

/** Goes through all bodies once: about a tenth of a second for 10 MB. Never throws. */
export function scanCode(module: Catalogue): Scan {
  const scan: Scan = { callers: new U32List(), callees: new U32List(), instructions: 0, features: [], faults: [] };
  const seen = new Set<Opcode>();
  const imported = module.importedFunctions.length;
  let current = 0;
  const called = (callee: number): void => {
    if (scan.callees.length >= EDGES_MAX) return;
    scan.callers.push(current);
    scan.callees.push(callee);
  };
  for (let index = 0; index < module.bodies.length; index++) {
    current = imported + index;
    try {
      const at = module.bodies.at(index);
      const cursor = new Cursor(module.bytes, at, at + module.bodySizes.at(index));
      skipLocals(cursor);
      while (!cursor.done) {
        const opcode = readOpcode(cursor);
        seen.add(opcode);
        scan.instructions += 1;
        skipImmediates(cursor, opcode.immediates, called);
      }
    } catch (error) {
      if (!(error instanceof WasmFault)) throw error;
      if (scan.faults.length < FAULTS_MAX) scan.faults.push({ index: current, message: error.message, offset: error.offset });
    }
  }
  scan.features = [...new Set([...seen].flatMap(({ name }) => bitOf(name)))];
  return scan;
}

/** Goes over the declarations of locals; yields how many there are. */
export function skipLocals(cursor: Cursor, each?: (count: number, type: string) => void): number {
  let total = 0;
  for (let left = cursor.count(2); left > 0; left--) {
    const count = cursor.u32();
    const type = readValueType(cursor);
    total += count;
    each?.(count, type);
  }
  return total;
}
