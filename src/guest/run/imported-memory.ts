import type { ImportedMemory } from '../../shared/abi/index.ts';

/** Pages of a memory whose size the module does not tell us. */
const FIRST_GUESS = { initial: 1, maximum: 65536, shared: false };
const ATTEMPTS = 8;

interface Limits {
  initial: number;
  maximum: number | undefined;
  shared: boolean;
}

/** A link error's words about memory limits, as engines put them; null if they say nothing that helps. */
function corrected(limits: Limits, message: string): Limits | null {
  const numbers = [...message.matchAll(/\d+/g)].map(Number);
  if (/shared/i.test(message)) return { ...limits, shared: !limits.shared, maximum: limits.maximum ?? 65536 };
  if (/smaller|initial/i.test(message)) {
    const told = Math.max(...numbers.filter((each) => each <= 65536));
    return { ...limits, initial: told > limits.initial ? told : Math.min(limits.initial * 4, 65536) };
  }
  if (/maximum/i.test(message)) {
    const maximum = Math.min(...numbers.filter((each) => each >= limits.initial));
    return Number.isFinite(maximum) && maximum !== limits.maximum ? { ...limits, maximum } : null;
  }
  return null;
}

/**
 * Instantiates a module that imports its memory. `told`: what it asks of it. Where nobody read that from the binary, it cannot be
 * asked for, so it is learnt from the link errors: each names the limit that was missed. Throws the last link error when that does not help.
 */
export function instantiateWithMemory(
  module: WebAssembly.Module, imports: WebAssembly.Imports, wanted: { module: string; name: string }, told?: ImportedMemory,
): { instance: WebAssembly.Instance; memory: WebAssembly.Memory } {
  let limits: Limits = told ? { ...told, maximum: told.maximum } : FIRST_GUESS;
  for (let attempt = 1; ; attempt++) {
    const { maximum, ...rest } = limits;
    const memory = new WebAssembly.Memory(maximum === undefined ? rest : limits as WebAssembly.MemoryDescriptor);
    const scope = { ...imports, [wanted.module]: { ...imports[wanted.module], [wanted.name]: memory } };
    try {
      return { instance: new WebAssembly.Instance(module, scope), memory };
    } catch (error) {
      const better = error instanceof WebAssembly.LinkError ? corrected(limits, error.message) : null;
      if (!better || attempt === ATTEMPTS) throw error;
      limits = better;
    }
  }
}
