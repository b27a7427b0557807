import { httpError } from './request.ts';

/** Responses that a process, and all together, may have open. */
export const OPEN_MAX = 16;
export const OPEN_ALL_MAX = 64;
/** Bytes of request and response bodies of a process, from its start to its end. */
export const BYTES_MAX = 1024 * 1024 * 1024;

/** What processes may use of the network. */
export class Budget {
  readonly #used = new Map<number, { open: number; bytes: number; ended: boolean }>();
  #open = 0;

  get open(): number {
    return this.#open;
  }

  /** @throws FsError EDQUOT; then nothing is counted */
  count(pid: number, bytes: number): void {
    const used = this.#of(pid);
    if (used.bytes + bytes > BYTES_MAX) throw httpError('EDQUOT', `the process has sent and received ${used.bytes} bytes, its limit is ${BYTES_MAX}`);
    used.bytes += bytes;
  }

  /** Counts one more open response until what is returned is called. @throws FsError EDQUOT */
  take(pid: number, bytes: number): () => void {
    const used = this.#of(pid);
    if (used.open >= OPEN_MAX) throw httpError('EDQUOT', `the process has ${used.open} responses open, its limit`);
    if (this.#open >= OPEN_ALL_MAX) throw httpError('EDQUOT', `processes have ${this.#open} responses open, the limit`);
    this.count(pid, bytes);
    used.open++;
    this.#open++;
    return () => {
      used.open--;
      this.#open--;
      this.#drop(pid);
    };
  }

  /** The process has ended; what it has open is counted until it is closed. */
  forget(pid: number): void {
    const used = this.#used.get(pid);
    if (!used) return;
    used.ended = true;
    this.#drop(pid);
  }

  #drop(pid: number): void {
    const used = this.#used.get(pid);
    if (used?.ended && used.open === 0) this.#used.delete(pid);
  }

  #of(pid: number): { open: number; bytes: number; ended: boolean } {
    let used = this.#used.get(pid);
    if (!used) this.#used.set(pid, (used = { open: 0, bytes: 0, ended: false }));
    return used;
  }
}
