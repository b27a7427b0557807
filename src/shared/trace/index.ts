export { ARG_KINDS, CALLS, CALL_NAMES, callNamed, type ArgKind, type CallArgument, type CallSpec } from './calls.ts';
export { argumentText, errnoMessage, quoted, shortArgumentText, shownArguments, type ShownArgument } from './words.ts';
export { Flag, milliseconds, noted, RecordWord, SHAPES, spanOf, STRING_MAX, type RecordShape } from './record.ts';
export { SEGMENT_HEAD, TraceWriter, type TracedMemory, type TracedNames, type TraceWriterOptions } from './writer.ts';
export { traceWords, type TraceWords } from './export.ts';
