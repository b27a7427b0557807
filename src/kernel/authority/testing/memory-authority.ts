import { Approvals, Audit, AuditLog, Authority, Learning, type AuditStore, type Subject } from '../index.ts';

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

export interface MemoryAuthority {
  authority: Authority;
  approvals: Approvals;
  audit: Audit;
  learning: Learning;
  /** What was published, in order. */
  published: { subject: string; data: unknown }[];
  /** Pids whose decisions were made void, in order. */
  voided: number[];
  /** Numbers of grants whose descriptors were to end, in order. */
  revoked: number[];
  /** Default: keeps the numbers in `revoked`. */
  endOpened(numbers: readonly number[]): Promise<void>;
  /** What the answer “always” added. */
  appended: string[];
}

/** An authority over processes that are given, with a log in memory. `hash` need not be one. */
export function memoryAuthority(
  processes: { find(pid: number): Subject | undefined; running(): readonly Subject[] },
  { hash = (bytes) => String(bytes.length).padStart(64, '0'), now = () => Date.now() }: { hash?: (bytes: Uint8Array) => string; now?: () => number } = {},
): MemoryAuthority {
  const [published, voided, revoked, appended] = [[], [], [], []] as [MemoryAuthority['published'], number[], MemoryAuthority['revoked'], string[]];
  const approvals = new Approvals({ now, publish: (subject, data) => void published.push({ subject, data }) });
  const audit = new Audit({ log: new AuditLog({ hash, store: new MemoryAuditStore(), onTrouble: () => {} }), now });
  const learning = new Learning();
  const authority = new Authority({
    ...processes, approvals, audit, learning, now, runOf: (pid) => pid + 1000,
    voidDecisions: (pid) => void voided.push(pid),
    endOpened: (numbers) => parts.endOpened(numbers),
    appendRule: async (rule) => void appended.push(rule),
  });
  const parts: MemoryAuthority = { authority, approvals, audit, learning, published, voided, revoked, appended, endOpened: async (numbers) => void revoked.push(...numbers) };
  return parts;
}
