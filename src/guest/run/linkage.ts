import type { ImportResults, ResultType } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { hintFor, listed } from './module-check.ts';

type Functions = Readonly<Record<string, unknown>>;
type Stub = () => unknown;

/** Functions that a module called and that nobody provides are counted up to here. */
const CALLED_MAX = 100;

/** What stands for each result of a function that is not there. */
const NOTHING: Readonly<Record<ResultType, unknown>> = { i32: Errno.ENOSYS, i64: 0n, f32: 0, f64: 0, ref: null, other: null };

/**
 * What a module's imported functions are linked with: what is provided, and for all else a stub that answers ENOSYS (52) as i32, 0 as another number,
 * null as a reference. Only a provided object's own functions count, so that no name leads to what any JavaScript object has.
 */
export class Linkage {
  readonly #called = new Map<string, string>();

  /** `results`: of the module, where they are known; a function of which they are not gives 52. */
  scope(module: WebAssembly.Module, provided: Readonly<Record<string, Functions>>, results: ImportResults = {}): WebAssembly.Imports {
    const scope = Object.create(null) as Record<string, Record<string, WebAssembly.ImportValue>>;
    WebAssembly.Module.imports(module).forEach(({ module: from, name, kind }, index) => {
      if (kind !== 'function') return;
      const functions = (scope[from] ??= Object.create(null) as Record<string, WebAssembly.ImportValue>);
      functions[name] ??= own(own(provided, from), name) ?? this.#stub(from, name, results[index]);
    });
    return scope;
  }

  #stub(from: string, name: string, results: readonly ResultType[] = ['i32']): Stub {
    const values = results.map((type) => NOTHING[type]);
    const answer = values.length === 1 ? values[0] : values;
    return () => {
      if (this.#called.size < CALLED_MAX) this.#called.set(`${from}.${name}`, from);
      return answer;
    };
  }

  /** What is told when the program fails after it has called stubs; null if it has called none. */
  get remark(): string | null {
    if (this.#called.size === 0) return null;
    return `It called what this host does not have, which answered ENOSYS: ${listed([...this.#called.keys()])}. ${hintFor([...this.#called.values()])}`;
  }
}

function own(object: unknown, name: string): Functions & WebAssembly.ImportValue | undefined {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name) ? (object as Record<string, Functions & WebAssembly.ImportValue>)[name] : undefined;
}
