import { callNamed, SHAPES, type RecordShape, type TraceWriter } from '../../shared/trace/index.ts';

type Call = (...args: unknown[]) => number;
type Numbers = (a?: number, b?: number, c?: number, d?: number, e?: number, f?: number, g?: number, h?: number, i?: number) => number;

/** A 64-bit integer as two words, without another one being made. */
const wide = new BigInt64Array(1);
const halves = new Uint32Array(wide.buffer);

/** The same calls, each noted. What no interface has a number for is left as it is. */
export function traced<T extends object>(calls: T, writer: TraceWriter | null): T {
  if (writer === null) return calls;
  const wrapped = Object.entries(calls as Record<string, Call>).map(([name, call]) => {
    const shape = SHAPES[callNamed(name)?.number ?? -1];
    return [name, shape ? wrap(shape, call, writer) : call];
  });
  return Object.fromEntries(wrapped) as T;
}

function wrap(shape: RecordShape, call: Call, writer: TraceWriter): Call {
  const { spec: { args, returns } } = shape;
  if (returns === 'never') return wrapEnd(shape, call as Numbers, writer);
  if (args.some((argument) => argument.wide)) return wrapWide(shape, call, writer);
  return (args.length <= 3 ? wrapFew : args.length <= 5 ? wrapSome : wrapMany)(shape, call as Numbers, writer) as Call;
}

/** It does not return: it is noted first. */
function wrapEnd(shape: RecordShape, call: Numbers, writer: TraceWriter): Call {
  const { args } = writer;
  const wrapped: Numbers = (a = 0) => {
    args[0] = a;
    writer.open(shape);
    writer.end(shape, 0);
    return call(a);
  };
  return wrapped as Call;
}

// A function takes what it is given: those that it is not given are 0 in the record, after its arguments, and overwritten.

function wrapFew(shape: RecordShape, call: Numbers, writer: TraceWriter): Numbers {
  const { args } = writer;
  return (a = 0, b = 0, c = 0) => {
    args[0] = a;
    args[1] = b;
    args[2] = c;
    writer.open(shape);
    const returned = call(a, b, c);
    writer.end(shape, returned);
    return returned;
  };
}

function wrapSome(shape: RecordShape, call: Numbers, writer: TraceWriter): Numbers {
  const { args } = writer;
  return (a = 0, b = 0, c = 0, d = 0, e = 0) => {
    args[0] = a;
    args[1] = b;
    args[2] = c;
    args[3] = d;
    args[4] = e;
    writer.open(shape);
    const returned = call(a, b, c, d, e);
    writer.end(shape, returned);
    return returned;
  };
}

function wrapMany(shape: RecordShape, call: Numbers, writer: TraceWriter): Numbers {
  const { args } = writer;
  return (a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0) => {
    args[0] = a;
    args[1] = b;
    args[2] = c;
    args[3] = d;
    args[4] = e;
    args[5] = f;
    args[6] = g;
    args[7] = h;
    args[8] = i;
    writer.open(shape);
    const returned = call(a, b, c, d, e, f, g, h, i);
    writer.end(shape, returned);
    return returned;
  };
}

function put(args: Uint32Array, at: number, value: unknown): number {
  if (typeof value === 'number') {
    args[at] = value;
    return at + 1;
  }
  if (typeof value !== 'bigint') return at;
  wide[0] = value;
  args[at] = halves[0]!;
  args[at + 1] = halves[1]!;
  return at + 2;
}

function wrapWide(shape: RecordShape, call: Call, writer: TraceWriter): Call {
  const { args } = writer;
  return (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown, g: unknown, h: unknown, i: unknown) => {
    let at = put(args, put(args, put(args, 0, a), b), c);
    if (d !== undefined) at = put(args, put(args, at, d), e);
    if (f !== undefined) put(args, put(args, put(args, put(args, at, f), g), h), i);
    writer.open(shape);
    const returned = call(a, b, c, d, e, f, g, h, i);
    writer.end(shape, returned);
    return returned;
  };
}
