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

function put(args: Uint32Array, at: number, value: bigint): void {
  wide[0] = value;
  args[at] = halves[0]!;
  args[at + 1] = halves[1]!;
}

type Wide1 = (a?: number, b?: bigint, c?: number, d?: number, e?: number) => number;
type Wide3 = (a?: number, b?: number, c?: number, d?: bigint, e?: number) => number;
type WideOpen = (a: number, b: number, c: number, d: number, e: number, f: bigint, g: bigint, h: number, i: number) => number;

/** The second argument is wide: clocks, seeks. */
function wrapWide1(shape: RecordShape, call: Wide1, writer: TraceWriter): Wide1 {
  const { args } = writer;
  return (a = 0, b = 0n, c = 0, d = 0, e = 0) => {
    args[0] = a;
    put(args, 1, b);
    args[3] = c;
    args[4] = d;
    args[5] = e;
    writer.open(shape);
    const returned = call(a, b, c, d, e);
    writer.end(shape, returned);
    return returned;
  };
}

/** The fourth is: reads and writes at a position, listings. */
function wrapWide3(shape: RecordShape, call: Wide3, writer: TraceWriter): Wide3 {
  const { args } = writer;
  return (a = 0, b = 0, c = 0, d = 0n, e = 0) => {
    args[0] = a;
    args[1] = b;
    args[2] = c;
    put(args, 3, d);
    args[5] = e;
    writer.open(shape);
    const returned = call(a, b, c, d, e);
    writer.end(shape, returned);
    return returned;
  };
}

function wrapOpen(shape: RecordShape, call: WideOpen, writer: TraceWriter): WideOpen {
  const { args } = writer;
  return (a, b, c, d, e, f, g, h, i) => {
    args[0] = a;
    args[1] = b;
    args[2] = c;
    args[3] = d;
    args[4] = e;
    put(args, 5, f);
    put(args, 7, g);
    args[9] = h;
    args[10] = i;
    writer.open(shape);
    const returned = call(a, b, c, d, e, f, g, h, i);
    writer.end(shape, returned);
    return returned;
  };
}

/** All others. */
function wrapAny(shape: RecordShape, call: Call, writer: TraceWriter): Call {
  const { args } = writer;
  const { at } = shape;
  return (...values) => {
    for (let place = 0; place < values.length; place++) {
      const value = values[place];
      if (typeof value === 'bigint') put(args, at[place]!, value);
      else args[at[place]!] = value as number;
    }
    writer.open(shape);
    const returned = call(...values);
    writer.end(shape, returned);
    return returned;
  };
}

function wrapWide(shape: RecordShape, call: Call, writer: TraceWriter): Call {
  const { args } = shape.spec;
  const places = args.flatMap(({ wide: isWide }, place) => (isWide ? [place] : [])).join();
  if (places === '1' && args.length <= 5) return wrapWide1(shape, call as Wide1, writer) as Call;
  if (places === '3' && args.length === 5) return wrapWide3(shape, call as Wide3, writer) as Call;
  if (places === '5,6' && args.length === 9) return wrapOpen(shape, call as WideOpen, writer) as Call;
  return wrapAny(shape, call, writer);
}
