export type { DataFacts, Export, GlobalFacts, Import, Kept, MemoryFacts, Section, SectionFault, TableFacts } from './catalogue.ts';
export type { ComponentFacts } from './component.ts';
export type { Line } from './disassembly.ts';
export { FEATURES, type FeatureId } from './features.ts';
export type { FunctionOrder, FunctionRow, ModuleSummary, Opened, ScanSummary } from './session.ts';
export type { SizePart } from './sizes.ts';
export { startWasmReader } from './start.ts';
export type { WasmApi } from './wasm.worker.ts';
