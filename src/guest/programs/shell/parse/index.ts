export * from './ast.ts';
export { ParseError } from './parse-error.ts';
export { Parser, type ParserOptions } from './parser.ts';
export { isIncomplete, parseDocument } from './texts.ts';
