export { Abilities, ModuleLine, ModuleReport } from './ModuleReport.tsx';
export { abilities, judge, producerText, unknownImports, type Ability, type Verdict } from './verdict.ts';
export { formatOf, parseModule, type ModuleInfo, type ParsedModule } from './wasm-module.ts';

/** Larger modules are neither inspected nor run from the sheet, in bytes. */
export const MODULE_MAX = 512 * 1024 * 1024;
