import { WasmFault, type Cursor } from './cursor.ts';

/** What custom sections say. They are hints: one that is damaged is passed over, but for its name. */
export interface CustomFacts {
  /** Where the subsections of each `name` section begin and end. */
  nameSections: { at: number; end: number }[];
  producers: { field: string; values: { name: string; version: string }[] }[];
  /** `+simd128` and the like. */
  features: string[];
  /** Bytes in `.debug_*` sections. */
  debugBytes: number;
  sourceMap: string | null;
  externalDebug: string | null;
  buildId: string | null;
  /** `dylink` or `dylink.0`: a library to be loaded by another module; `linking`: not linked yet. */
  linking: string | null;
  /** Names of `component-type` sections: it is meant to become a component. */
  componentTypes: string[];
}

const FEW = 64;

/** Reads a custom section; yields its name. */
export function readCustom(cursor: Cursor, facts: CustomFacts, size: number): string {
  const name = cursor.name();
  try {
    if (name.startsWith('.debug_')) facts.debugBytes += size;
    else if (name.startsWith('component-type') && facts.componentTypes.length < FEW) facts.componentTypes.push(name);
    else if (Object.hasOwn(READERS, name)) READERS[name]!(facts, cursor, name);
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
  }
  return name;
}

const READERS: Record<string, (facts: CustomFacts, cursor: Cursor, name: string) => void> = {
  name: (facts, cursor) => {
    if (facts.nameSections.length < FEW) facts.nameSections.push({ at: cursor.at, end: cursor.end });
  },
  producers: (facts, cursor) => {
    for (let fields = cursor.count(2); fields > 0; fields--) {
      const field = cursor.name();
      const values: { name: string; version: string }[] = [];
      for (let left = cursor.count(2); left > 0; left--) {
        const value = { name: cursor.name(), version: cursor.name() };
        if (values.length < FEW) values.push(value);
      }
      if (facts.producers.length < FEW) facts.producers.push({ field, values });
    }
  },
  target_features: (facts, cursor) => {
    for (let left = cursor.count(2); left > 0; left--) {
      const mark = String.fromCharCode(cursor.u8());
      const feature = cursor.name();
      if (facts.features.length < FEW) facts.features.push(`${mark}${feature}`);
    }
  },
  sourceMappingURL: (facts, cursor) => {
    facts.sourceMap = cursor.name();
  },
  external_debug_info: (facts, cursor) => {
    facts.externalDebug = cursor.name();
  },
  build_id: (facts, cursor) => {
    const length = Math.min(cursor.u32(), FEW, cursor.end - cursor.at);
    facts.buildId = Array.from(cursor.bytes.subarray(cursor.at, cursor.at + length), (byte) => byte.toString(16).padStart(2, '0')).join('');
  },
  dylink: setLinking, 'dylink.0': setLinking, linking: setLinking,
};

function setLinking(facts: CustomFacts, _: Cursor, name: string): void {
  facts.linking = name;
}
