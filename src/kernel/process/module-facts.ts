/** Of a module that was compiled here. */
export interface ModuleFacts {
  /** BLAKE3, hex. */
  readonly hash: string;
  /** It is the file that is shipped under its path. */
  readonly shipped: boolean;
}

/** Knows what files are. */
export interface FileJudge {
  /** BLAKE3, hex. */
  hash(bytes: Uint8Array): string;
  /** Whether the base layer has these bytes at this path. */
  shipped(path: string, bytes: Uint8Array): Promise<boolean>;
}

export const NO_JUDGE: FileJudge = { hash: () => '', shipped: async () => false };

const facts = new WeakMap<WebAssembly.Module, ModuleFacts>();
const NOTHING: ModuleFacts = { hash: '', shipped: false };

export function noteFacts(module: WebAssembly.Module, known: ModuleFacts): void {
  facts.set(module, known);
}

/** Of one that came compiled nothing is known. */
export function factsOf(module: WebAssembly.Module): ModuleFacts {
  return facts.get(module) ?? NOTHING;
}
