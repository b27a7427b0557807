import { signatureOf, typeText, type Catalogue } from './catalogue.ts';
import { Cursor, U32List, WasmFault } from './cursor.ts';
import { readInstruction, readOpcode, skipImmediates, type Names } from './instructions.ts';
import { skipLocals } from './scan.ts';

export interface Line {
  /** Offset in the file. */
  at: number;
  /** Blocks that it is in. */
  depth: number;
  name: string;
  text: string;
  /** The function that it calls. */
  target: number | null;
}

/** A function taken apart: where each of its instructions is. Lines are made when they are asked for. */
export interface Disassembly {
  index: number;
  signature: string;
  /** `2 × i32, f64`. */
  locals: string;
  offsets: U32List;
  depths: U32List;
  /** Where its body cannot be read on. */
  fault: { message: string; offset: number } | null;
}

/** Instructions of a function that are listed. */
export const LINES_MAX = 1_000_000;

const OPENING = new Set(['block', 'loop', 'if', 'try', 'try_table']);
const BETWEEN = new Set(['else', 'catch', 'catch_all']);

/** Finds the instructions of a function of the module's own. Never throws for what is wrong in it. */
export function disassemble(module: Catalogue, index: number): Disassembly {
  const own = index - module.importedFunctions.length;
  const result: Disassembly = { index, signature: signatureOf(module, index), locals: '', offsets: new U32List(), depths: new U32List(), fault: null };
  if (own < 0 || own >= module.bodies.length) return result;
  const cursor = new Cursor(module.bytes, module.bodies.at(own), module.bodies.at(own) + module.bodySizes.at(own));
  try {
    const locals: string[] = [];
    const declared = skipLocals(cursor, (count, type) => {
      if (locals.length < 20) locals.push(count === 1 ? type : `${count} × ${type}`);
    });
    result.locals = declared === 0 ? '' : locals.join(', ');
    findInstructions(cursor, result);
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    result.fault = { message: error.message, offset: error.offset };
  }
  return result;
}

function findInstructions(cursor: Cursor, { offsets, depths }: Disassembly): void {
  let depth = 0;
  while (!cursor.done && offsets.length < LINES_MAX) {
    const at = cursor.at;
    const { name, immediates } = readOpcode(cursor);
    skipImmediates(cursor, immediates);
    if (name === 'end' || name === 'delegate') depth = Math.max(0, depth - 1);
    offsets.push(at);
    depths.push(BETWEEN.has(name) ? Math.max(0, depth - 1) : depth);
    if (OPENING.has(name)) depth += 1;
  }
}

/** Lines `[from, to)` of a function. */
export function linesOf(module: Catalogue, { offsets, depths }: Disassembly, names: Names, from: number, to: number): Line[] {
  const lines: Line[] = [];
  for (let index = Math.max(0, from); index < Math.min(to, offsets.length); index++) {
    const at = offsets.at(index);
    lines.push({ at, depth: depths.at(index), ...readInstruction(new Cursor(module.bytes, at), names) });
  }
  return lines;
}

/** Words for what instructions refer to. */
export const namesFor = (module: Catalogue, func: (index: number) => string, global: (index: number) => string, locals: ReadonlyMap<number, string>): Names => ({
  func, global,
  type: (index) => (index < module.types.length ? typeText(module, index) : `type ${index}`),
  local: (index) => (locals.has(index) ? `${index} (${locals.get(index)})` : String(index)),
});
