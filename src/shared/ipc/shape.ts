/** What is wrong with a value: the member (`.changes[3].op`; empty: the value itself) and why. */
export interface Fault {
  at: string;
  why: string;
}

/** Looks at a value of any origin. Members beyond those that are named are let through: a later version may add some. */
export interface Shape<T> {
  fault(value: unknown): Fault | null;
  /** Carries the type only. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;

const here = (why: string): Fault => ({ at: '', why });
const below = (step: string, fault: Fault | null): Fault | null => fault && { at: step + fault.at, why: fault.why };

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  return { string: 'text', object: 'an object', undefined: 'missing' }[typeof value as string] ?? `a ${typeof value}`;
}

const isNot = (value: unknown, wanted: string): Fault => here(value === undefined ? `is missing (${wanted})` : `is ${nameOf(value)}, not ${wanted}`);

function primitive<T>(type: string, wanted: string): Shape<T> {
  return { fault: (value) => (typeof value === type ? null : isNot(value, wanted)) };
}

export const boolean = primitive<boolean>('boolean', 'true or false');

/** Any data that is there. */
export const anything: Shape<unknown> = { fault: (value) => (value === undefined ? isNot(value, 'a value') : null) };

/** At most `max` UTF-16 units. */
export function text(max = 2 ** 20): Shape<string> {
  return {
    fault: (value) => {
      if (typeof value !== 'string') return isNot(value, 'text');
      return value.length > max ? here(`has ${value.length} letters, over ${max}`) : null;
    },
  };
}

/** Finite. */
export const number: Shape<number> = {
  fault: (value) => (typeof value === 'number' && Number.isFinite(value) ? null : isNot(value, 'a number')),
};

export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Shape<number> {
  return {
    fault: (value) => {
      if (!Number.isSafeInteger(value)) return isNot(value, 'a whole number');
      const whole = value as number;
      return whole < min || whole > max ? here(`${whole} is not in ${min}…${max}`) : null;
    },
  };
}

export function oneOf<const T extends string>(...names: readonly T[]): Shape<T> {
  return {
    fault: (value) => {
      if (typeof value !== 'string') return isNot(value, `one of ${names.join(', ')}`);
      return (names as readonly string[]).includes(value) ? null : here(`${JSON.stringify(value.slice(0, 40))} is none of ${names.join(', ')}`);
    },
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { fault: (value) => (value === null ? null : shape.fault(value)) };
}

export function list<T>(of: Shape<T>, max = 65_536): Shape<readonly T[]> {
  return {
    fault: (value) => {
      if (!Array.isArray(value)) return isNot(value, 'a list');
      if (value.length > max) return here(`has ${value.length} elements, over ${max}`);
      for (let at = 0; at < value.length; at++) {
        const fault = of.fault(value[at]);
        if (fault) return below(`[${at}]`, fault);
      }
      return null;
    },
  };
}

type Members = Readonly<Record<string, Shape<unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] };
type ObjectOf<R extends Members, O extends Members> = Flat<{ [K in keyof R]: TypeOf<R[K]> } & { [K in keyof O]?: TypeOf<O[K]> }>;

/** Own members only: what an object inherits is nobody's message. */
export function object<R extends Members, O extends Members = Record<never, never>>(required: R, optional?: O): Shape<ObjectOf<R, O>> {
  const must = Object.entries(required);
  const may = Object.entries(optional ?? {});
  return {
    fault: (value) => {
      if (!isRecord(value)) return isNot(value, 'an object');
      for (const [name, shape] of must) {
        const fault = shape.fault(own(value, name));
        if (fault) return below(`.${name}`, fault);
      }
      for (const [name, shape] of may) {
        const member = own(value, name);
        const fault = member === undefined ? null : shape.fault(member);
        if (fault) return below(`.${name}`, fault);
      }
      return null;
    },
  };
}

/** An object with any names, at most `max` of them. */
export function record<T>(of: Shape<T>, max = 1024): Shape<Record<string, T>> {
  return {
    fault: (value) => {
      if (!isRecord(value)) return isNot(value, 'an object');
      const names = Object.keys(value);
      if (names.length > max) return here(`has ${names.length} members, over ${max}`);
      for (const name of names) {
        const fault = of.fault(value[name]);
        if (fault) return below(`[${JSON.stringify(name.slice(0, 64))}]`, fault);
      }
      return null;
    },
  };
}

/** Objects told apart by the text in the member `tag`. */
export function variants<C extends Readonly<Record<string, Shape<object>>>, K extends string>(
  tag: K, cases: C,
): Shape<{ [N in keyof C]: Flat<{ [T in K]: N } & TypeOf<C[N]>> }[keyof C]> {
  const names = Object.keys(cases);
  return {
    fault: (value) => {
      if (!isRecord(value)) return isNot(value, 'an object');
      const name = own(value, tag);
      if (typeof name !== 'string' || !Object.hasOwn(cases, name)) return below(`.${tag}`, oneOf(...names).fault(name));
      return cases[name]!.fault(value);
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
