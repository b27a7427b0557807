import type { Action } from './authority.ts';

/**
 * Blocking calls behind the host ABI (`wasm-samples/sdk/ABI.md`) that the guest's worker cannot answer from shared memory. What is longer than
 * `SYSCALL_DATA_MAX` is staged: the bytes of `stage` calls, in their order, come before the data of the call after them.
 */
export type HostRequest =
  /** Whether the caller may do this: grant, policy, budget, the user's prompt, audit. Fails as the ABI says. `count`: it remembers the answer, and counts. */
  | { op: 'authorize'; action: Action; reason?: string; count?: true }
  /** Data: one part. At most 32 MiB until the next call that is no `stage`. */
  | { op: 'stage' }
  /** `action` is JSON text from the guest; `wait` milliseconds. Data of the reply: the token. */
  | { op: 'cap-request'; action: string; wait: number }
  /** `lifetime` in milliseconds. Data of the reply: the token. */
  | { op: 'token-create'; fd: number; holder: number; rights: number; lifetime: number }
  /** Data: the token. */
  | { op: 'token-redeem' }
  | { op: 'token-revoke' }
  /** Data of the reply: the value from byte `from` on, as much as fits. */
  | { op: 'kv-get'; namespace: string; key: string; from: number }
  | { op: 'kv-has'; namespace: string; key: string }
  /** Staged and data: records as `astrid_kv_batch` has them. */
  | { op: 'kv-write'; namespace: string; durable: boolean }
  /** Data of the reply: entries as `astrid_kv_scan` has them, at most `length` bytes and `SYSCALL_DATA_MAX`. */
  | { op: 'kv-scan'; namespace: string; prefix: string; after: string; length: number }
  /** Staged and data: an HTTP/1.1 request in absolute form. */
  | { op: 'http' }
  /** `grants` is JSON text from the guest, or empty. */
  | { op: 'host-spawn'; path: string; args: string[]; grants: string }
  /** Of a run that is observed: what the process has opened (`fd`, with an empty path) or looked at (a path that starts at `fd`, or absolute). */
  | { op: 'observed'; fd: number; path: string; rights: number };

export interface HostValues {
  /**
   * `remember`: until `Pcb.GRANT_EPOCH` moves, the answer stays the same for this action. `counter`: address of the word to which the caller adds one for each
   * use after this one; 0 where it did not ask to count.
   */
  authorize: { remember: boolean; counter: number };
  stage: null;
  'cap-request': null;
  'token-create': null;
  /** Address of an open file description, with one reference that the caller takes over. */
  'token-redeem': number;
  'token-revoke': null;
  /** Bytes of the whole value. */
  'kv-get': number;
  'kv-has': boolean;
  /** How many of the records changed what was there. */
  'kv-write': number;
  /** Bytes that the next entry needs where it alone does not fit; then the data are its lengths and its key, and `kv-get` has the value. Else 0. */
  'kv-scan': number;
  /** Address of an open file description: the response as a stream. */
  http: number;
  'host-spawn': number;
  observed: null;
}
