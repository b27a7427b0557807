/** Values of variables in an expression. */
export interface ArithmeticScope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** The expression cannot be evaluated. */
export class ArithmeticError extends Error {}

const DEPTH_MAX = 200;
/** Longest first. */
const OPERATORS = [
  '<<=', '>>=', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '++', '--',
  '+', '-', '*', '/', '%', '<', '>', '=', '!', '~', '&', '|', '^', '?', ':', '(', ')', ',',
];
const BINARY: Readonly<Record<string, number>> = {
  '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6, '<': 7, '>': 7, '<=': 7, '>=': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
};
const ASSIGN = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '|=', '^=']);

type Token = { t: 'number'; value: bigint } | { t: 'name'; name: string } | { t: 'op'; op: string } | { t: 'end' };

const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

/** Evaluates an expression of C's integer operators, 64 bits wide (POSIX.1-2017, Shell, 2.6.4). Empty text is 0. Throws `ArithmeticError`. */
export function arithmetic(text: string, scope: ArithmeticScope, depth = 0): bigint {
  if (text.trim() === '') return 0n;
  return new Evaluator(text, scope, depth).run();
}

/** Reads and evaluates in one pass; what short circuits leave out is read without effect. */
class Evaluator {
  readonly #text: string;
  readonly #scope: ArithmeticScope;
  #at = 0;
  #token: Token;
  #skip = 0;
  #depth: number;

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.#text = text;
    this.#scope = scope;
    this.#depth = depth;
    this.#token = this.#read();
  }

  run(): bigint {
    const value = this.#comma();
    if (this.#token.t !== 'end') throw this.#error('expecting EOF');
    return value;
  }

  #error(what: string): ArithmeticError {
    return new ArithmeticError(`arithmetic expression: ${what}: "${this.#text}"`);
  }

  #read(): Token {
    const rest = /^\s*/.exec(this.#text.slice(this.#at))![0];
    this.#at += rest.length;
    if (this.#at >= this.#text.length) return { t: 'end' };
    const text = this.#text.slice(this.#at, this.#at + 400);
    const word = /^\w+/.exec(text)?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return /^\d/.test(word) ? { t: 'number', value: this.#number(word) } : { t: 'name', name: word };
    }
    const op = OPERATORS.find((candidate) => text.startsWith(candidate));
    if (op === undefined) throw this.#error('expecting primary');
    this.#at += op.length;
    return { t: 'op', op };
  }

  #number(word: string): bigint {
    const value = parseInteger(word);
    if (value === null) throw this.#error('expecting EOF');
    return value;
  }

  #take(): Token {
    const token = this.#token;
    this.#token = this.#read();
    return token;
  }

  #takeOp(op: string): boolean {
    if (this.#token.t !== 'op' || this.#token.op !== op) return false;
    this.#take();
    return true;
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#takeOp(',')) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    if (++this.#depth > DEPTH_MAX) throw this.#error('nested too deeply');
    try {
      return this.#assignOrConditional();
    } finally {
      this.#depth--;
    }
  }

  #assignOrConditional(): bigint {
    const from = this.#at;
    const token = this.#token;
    if (token.t === 'name') {
      this.#take();
      const next = this.#token;
      if (next.t === 'op' && ASSIGN.has(next.op)) {
        this.#take();
        const right = this.#assignment();
        const value = next.op === '=' ? right : this.#binary(next.op.slice(0, -1), this.#variable(token.name), right);
        return this.#assign(token.name, value);
      }
      this.#at = from;
      this.#token = token;
    }
    return this.#conditional();
  }

  #assign(name: string, value: bigint): bigint {
    const result = int64(value);
    if (this.#skip === 0) this.#scope.set(name, String(result));
    return result;
  }

  #conditional(): bigint {
    const test = this.#operation(1);
    if (!this.#takeOp('?')) return test;
    const yes = this.#skipping(test === 0n, () => this.#comma());
    if (!this.#takeOp(':')) throw this.#error("expecting ':'");
    const no = this.#skipping(test !== 0n, () => this.#assignment());
    return test !== 0n ? yes : no;
  }

  #skipping(skip: boolean, read: () => bigint): bigint {
    if (skip) this.#skip++;
    const value = read();
    if (skip) this.#skip--;
    return value;
  }

  #operation(least: number): bigint {
    let left = this.#unary();
    for (;;) {
      const token = this.#token;
      const binding = token.t === 'op' ? (BINARY[token.op] ?? 0) : 0;
      if (token.t !== 'op' || binding < least || binding === 0) return left;
      this.#take();
      const decided = (token.op === '&&' && left === 0n) || (token.op === '||' && left !== 0n);
      const value = left;
      const right = this.#skipping(decided, () => this.#operation(binding + 1));
      left = this.#binary(token.op, value, right);
    }
  }

  #binary(op: string, a: bigint, b: bigint): bigint {
    switch (op) {
      case '||': return truth(a !== 0n || b !== 0n);
      case '&&': return truth(a !== 0n && b !== 0n);
      case '|': return a | b;
      case '^': return a ^ b;
      case '&': return a & b;
      case '==': return truth(a === b);
      case '!=': return truth(a !== b);
      case '<': return truth(a < b);
      case '>': return truth(a > b);
      case '<=': return truth(a <= b);
      case '>=': return truth(a >= b);
      case '<<': return int64(a << (b & 63n));
      case '>>': return a >> (b & 63n);
      case '+': return int64(a + b);
      case '-': return int64(a - b);
      case '*': return int64(a * b);
      default: return this.#divide(op, a, b);
    }
  }

  #divide(op: string, a: bigint, b: bigint): bigint {
    if (b === 0n) {
      if (this.#skip > 0) return 0n;
      throw this.#error('division by zero');
    }
    return int64(op === '/' ? a / b : a % b);
  }

  #unary(): bigint {
    if (this.#token.t !== 'op') return this.#primary();
    if (++this.#depth > DEPTH_MAX) throw this.#error('nested too deeply');
    try {
      if (this.#takeOp('+')) return this.#unary();
      if (this.#takeOp('-')) return int64(-this.#unary());
      if (this.#takeOp('~')) return ~this.#unary();
      if (this.#takeOp('!')) return truth(this.#unary() === 0n);
      if (this.#takeOp('++')) return this.#step(1n);
      if (this.#takeOp('--')) return this.#step(-1n);
      return this.#primary();
    } finally {
      this.#depth--;
    }
  }

  /** After `++` or `--`: of a variable, else two signs. */
  #step(by: bigint): bigint {
    if (this.#token.t !== 'name') return this.#unary();
    const { name } = this.#take() as { name: string };
    return this.#assign(name, this.#variable(name) + by);
  }

  #primary(): bigint {
    const token = this.#take();
    if (token.t === 'number') return token.value;
    if (token.t === 'name') return this.#named(token.name);
    if (token.t !== 'op' || token.op !== '(') throw this.#error('expecting primary');
    const value = this.#comma();
    if (!this.#takeOp(')')) throw this.#error("expecting ')'");
    return value;
  }

  #named(name: string): bigint {
    const value = this.#variable(name);
    if (this.#takeOp('++')) this.#assign(name, value + 1n);
    else if (this.#takeOp('--')) this.#assign(name, value - 1n);
    return value;
  }

  #variable(name: string): bigint {
    if (this.#skip > 0) return 0n;
    const text = this.#scope.get(name) ?? '';
    if (text.trim() === '') return 0n;
    const plain = parseInteger(text.trim());
    if (plain !== null) return plain;
    if (/^\s*\d/.test(text) && !/[^\w\s]/.test(text)) throw new ArithmeticError(`Illegal number: ${text}`);
    return arithmetic(text, this.#scope, this.#depth + 10);
  }
}

/** An optional sign, then decimal, `0x` or octal digits; null for anything else. */
function parseInteger(text: string): bigint | null {
  const match = /^([+-]?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(text);
  if (!match) return null;
  const digits = match[2]!;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  // Beyond 64 bits the largest number stands, as strtoimax has it.
  const limited = value > 0x7fffffffffffffffn ? 0x7fffffffffffffffn : value;
  return match[1] === '-' ? -limited : limited;
}
