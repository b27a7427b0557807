const FRAMES = 6;

/** Whether a thrown value is the guest's own fault: a trap, an exhausted stack, an exception that nobody caught, a value that cannot cross. */
export function isGuestFault(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError) return true;
  if (isWasmException(error)) return true;
  return isStackOverflow(error) || isCrossing(error);
}

/** What the engine throws where a value does not fit a function's type (a vector, say): no JavaScript of ours ran then. */
function isCrossing(error: unknown): boolean {
  return error instanceof TypeError && /^\s*at .*wasm|^[^\n]*wasm-function\[/.test((error.stack ?? '').replace(/^TypeError[^\n]*\n/, ''));
}

/** `WebAssembly.Exception`, which the declarations do not know yet. */
function isWasmException(error: unknown): boolean {
  const { Exception } = WebAssembly as unknown as { Exception?: new () => object };
  return typeof Exception === 'function' && error instanceof Exception;
}

/**
 * Whether the engine had no address space left for a linear memory. Chromium reserves 8 GiB of the 1 TiB that it gives a tab for
 * each, whatever its size, so that about 120 programs can live at once.
 */
export function isOutOfMemories(error: unknown): boolean {
  return error instanceof RangeError && /memory/i.test(error.message);
}

function isStackOverflow(error: unknown): error is Error {
  return error instanceof Error && /call stack|too much recursion/i.test(error.message);
}

/** Names of the wasm functions in a stack, innermost first. Chromium: `at name (wasm://…)`; Firefox: `name@…:wasm-function[1]:…`. */
function wasmFrames(stack: string): string[] {
  return stack.split('\n').flatMap((line) => {
    if (!line.includes('wasm')) return [];
    const name = /^\s*at (.+) \(/.exec(line)?.[1] ?? /^([^@]+)@/.exec(line)?.[1] ?? /wasm-function\[\d+\]/.exec(line)?.[0];
    return name ? [name.replace(/^[^ ]*\.wasm\./, '')] : [];
  });
}

/** One line for the user: what happened, and where as far as the module tells its functions' names. */
export function describeTrap(error: unknown): string {
  const { message = '', stack = '' } = error as Partial<Error>;
  const what = isStackOverflow(error) ? 'call stack exhausted' : message || 'uncaught exception';
  const frames = wasmFrames(stack).slice(0, FRAMES);
  return frames.length === 0 ? what : `${what}\n${frames.map((name) => `  in ${name}`).join('\n')}`;
}
