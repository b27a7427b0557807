import { Approvals, Audit, AuditLog, Authority, Learning, USE_WORDS, type AuditStore, type AuthorityOptions, type UseWords } from '../index.ts';

export class MemoryAuditStore implements AuditStore {
  readonly values = new Map<string, Uint8Array>();
  fails = false;

  async get(key: string): Promise<Uint8Array | null> {
    return this.values.get(key) ?? null;
  }

  async keys(): Promise<string[]> {
    return [...this.values.keys()];
  }

  async write(changes: { key: string; value: Uint8Array | null }[]): Promise<void> {
    if (this.fails) throw new Error('the disk is full');
    for (const { key, value } of changes) {
      if (value) this.values.set(key, value);
      else this.values.delete(key);
    }
  }
}

/** Blocks one after the other, from address 4096 on. */
export class MemoryWords implements UseWords {
  readonly words = new Map<number, number>();
  readonly blocks = new Set<number>();
  full = false;
  #next = 4096;

  allocate(): number {
    if (this.full) return 0;
    const block = this.#next;
    this.#next += USE_WORDS * 4;
    this.blocks.add(block);
    return block;
  }

  read(address: number): number {
    return this.words.get(address) ?? 0;
  }

  free(block: number): void {
    if (!this.blocks.delete(block)) throw new Error(`${block} is no block`);
  }

  /** The process uses what it remembers. */
  count(address: number, uses: number): void {
    this.words.set(address, (this.read(address) + uses) >>> 0);
  }
}

export interface MemoryAuthority {
  authority: Authority;
  approvals: Approvals;
  audit: Audit;
  learning: Learning;
  words: MemoryWords;
  /** What was published, in order. */
  published: { subject: string; data: unknown }[];
  /** Pids whose decisions were made void, in order. */
  voided: number[];
  /** Numbers of grants whose descriptors were to end, in order. */
  revoked: number[];
  /** Default: keeps the pid in `voided`. */
  voidDecisions(pid: number): void;
  /** Default: keeps the numbers in `revoked`. */
  endOpened(numbers: readonly number[]): Promise<void>;
  /** What the answer “always” added. */
  appended: string[];
}

/** An authority over processes that are given, with a log in memory. `hash` need not be one. */
export function memoryAuthority(
  processes: Pick<AuthorityOptions, 'find' | 'running' | 'onFlood'>,
  { hash = (bytes) => String(bytes.length).padStart(64, '0'), now = () => Date.now() }: { hash?: (bytes: Uint8Array) => string; now?: () => number } = {},
): MemoryAuthority {
  const [published, voided, revoked, appended] = [[], [], [], []] as [MemoryAuthority['published'], number[], MemoryAuthority['revoked'], string[]];
  const approvals = new Approvals({ now, publish: (subject, data) => void published.push({ subject, data }) });
  const audit = new Audit({ log: new AuditLog({ hash, store: new MemoryAuditStore(), onTrouble: () => {} }), now });
  const learning = new Learning();
  const words = new MemoryWords();
  const authority = new Authority({
    ...processes, approvals, audit, learning, now, words, runOf: (pid) => pid + 1000,
    voidDecisions: (pid) => parts.voidDecisions(pid),
    endOpened: (numbers) => parts.endOpened(numbers),
    appendRule: async (rule) => void appended.push(rule),
  });
  const parts: MemoryAuthority = { authority, approvals, audit, learning, words, published, voided, revoked, appended, endOpened: async (numbers) => void revoked.push(...numbers), voidDecisions: (pid) => void voided.push(pid) };
  return parts;
}
