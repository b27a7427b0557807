import type { ParsedModule } from '../inspector/index.ts';
import type { ModuleSummary } from '../wasm/index.ts';

/** What the sheet before a run has for a module, from what was read here. */
export function parsedOf(module: ModuleSummary): ParsedModule {
  const [fault] = module.faults.items;
  if (module.truncated) return { format: 'truncated', detail: module.truncated.message, offset: module.truncated.offset };
  if (fault) return { format: 'malformed', detail: `${fault.section} section: ${fault.message}`, offset: fault.offset };
  return {
    format: 'module',
    info: {
      imports: module.imports.items, exports: module.exports.items, producers: module.producers, functions: module.functions, sections: module.sections.items,
      memories: module.memories.items.map(({ min, max, shared, is64, imported }) => ({ min, max, shared, memory64: is64, imported })),
    },
  };
}
