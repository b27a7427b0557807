export { Traces, type TracedProcess, type TracesOptions } from './traces.ts';
export type { Stretch } from './search.ts';
