export { ARG_KINDS, CALLS, CALL_NAMES, callNamed, type ArgKind, type CallArgument, type CallSpec } from './calls.ts';
export { argumentText, errnoMessage, quoted, shownArguments, type ShownArgument } from './words.ts';
