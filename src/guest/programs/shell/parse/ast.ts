/**
 * What a script is parsed into. Plain data: it can be written as JSON and read by another shell process.
 * Names after POSIX.1-2017, Shell Command Language, 2.10.
 */
export type Part =
  /** As written; outside of quotes it may be a pattern, a tilde, … */
  | { k: 'text'; s: string }
  /** Literal: from single quotes or a backslash. */
  | { k: 'quoted'; s: string }
  | { k: 'double'; parts: Part[] }
  /** `$name`, `${name}`, `${name<op>word}`; op `length` is `${#name}`. A null op is a bad substitution, reported when it is met. */
  | { k: 'param'; name: string; op: ParamOp | null; word: Word; }
  | { k: 'bad'; s: string }
  | { k: 'command'; body: List }
  | { k: 'arith'; parts: Part[] };

export type ParamOp = '' | 'length' | '-' | ':-' | '=' | ':=' | '?' | ':?' | '+' | ':+' | '%' | '%%' | '#' | '##';

export type Word = Part[];

export interface Redirect {
  op: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<';
  /** Null: 0 for input, 1 for output. */
  fd: number | null;
  /** A file's name, a descriptor's number or `-`; for `<<` the document. */
  target: Word;
}

export interface Assignment {
  name: string;
  value: Word;
}

interface Placed {
  line: number;
  redirects: Redirect[];
}

export interface Simple extends Placed {
  k: 'simple';
  assigns: Assignment[];
  words: Word[];
}

export interface CaseItem {
  patterns: Word[];
  body: List;
}

export type Compound = Placed & (
  | { k: 'group'; body: List }
  | { k: 'subshell'; body: List }
  | { k: 'if'; branches: { test: List; body: List }[]; otherwise: List | null }
  /** `words` null: over the positional parameters. */
  | { k: 'for'; name: string; words: Word[] | null; body: List }
  | { k: 'while'; until: boolean; test: List; body: List }
  | { k: 'case'; word: Word; items: CaseItem[] }
);

export interface FunctionDefinition {
  k: 'function';
  line: number;
  name: string;
  body: Compound;
}

export type Command = Simple | Compound | FunctionDefinition;

export interface Pipeline {
  negated: boolean;
  /** How long it took is printed: after `time`, after `time -p`. No part of POSIX's grammar. */
  timed?: 'time' | 'posix';
  commands: Command[];
}

export interface AndOr {
  first: Pipeline;
  rest: { op: '&&' | '||'; pipeline: Pipeline }[];
  /** Ended by `&`. */
  background: boolean;
  /** As written, for the list of jobs. */
  text: string;
}

export type List = AndOr[];
