import { ShellError } from './errors.ts';

export interface Variable {
  /** Undefined: it has been exported or made read-only, but has no value. */
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readonly: boolean;
}

const UNSET: Variable = { value: undefined, exported: false, readonly: false };

/** Variables by name. A `Variable` is replaced, never changed, so that copies share them. */
export class Variables {
  readonly #all: Map<string, Variable>;
  /** For each function that is running: what its locals were before. */
  readonly #locals: Map<string, Variable | undefined>[] = [];

  constructor(all: Iterable<readonly [string, Variable]> = []) {
    this.#all = new Map(all);
  }

  /** For a subshell. What is local here is its own there. */
  clone(): Variables {
    const copy = new Variables(this.#all);
    for (const frame of this.#locals) copy.#locals.push(new Map(frame));
    return copy;
  }

  entries(): [string, Variable][] {
    return [...this.#all];
  }

  names(): string[] {
    return [...this.#all.keys()];
  }

  get(name: string): string | undefined {
    return this.#all.get(name)?.value;
  }

  find(name: string): Variable | undefined {
    return this.#all.get(name);
  }

  /** @throws ShellError if it is read-only */
  set(name: string, value: string, exported = false): void {
    const old = this.#all.get(name);
    if (old?.readonly) throw new ShellError(`${name}: is read only`, { ends: true });
    this.#all.set(name, { value, exported: exported || (old?.exported ?? false), readonly: false });
  }

  mark(name: string, marks: { exported?: boolean; readonly?: boolean }): void {
    this.#all.set(name, { ...(this.#all.get(name) ?? UNSET), ...marks });
  }

  /** @throws ShellError if it is read-only */
  unset(name: string): void {
    if (this.#all.get(name)?.readonly) throw new ShellError(`${name}: is read only`, { ends: true });
    this.#all.delete(name);
  }

  /** Puts back what `find` gave. */
  restore(name: string, variable: Variable | undefined): void {
    if (variable) this.#all.set(name, variable);
    else this.#all.delete(name);
  }

  enterFunction(): void {
    this.#locals.push(new Map());
  }

  leaveFunction(): void {
    for (const [name, before] of this.#locals.pop() ?? []) this.restore(name, before);
  }

  /** From now until the function returns, changes of the variable are its own. It keeps its value, as in dash. False outside of functions. */
  makeLocal(name: string): boolean {
    const frame = this.#locals.at(-1);
    if (!frame) return false;
    if (!frame.has(name)) frame.set(name, this.#all.get(name));
    return true;
  }

  /** What programs get. */
  environment(): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [name, { value, exported }] of this.#all) if (exported && value !== undefined) env[name] = value;
    return env;
  }
}
