import { TtyMode } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Terminals } from './terminals.ts';

/** Bytes of one write. */
const WRITE_MAX = 256;

/**
 * `/dev/consctl` of one opening, as in Plan 9: `rawon` and `rawoff` (words, in one write or several) set the mode of the
 * opener's process group; closing it, or the end of the process, puts back what there was. Read, it gives
 * `<columns> <rows> <cooked|raw>` and a newline.
 */
export class ConsoleControl {
  readonly #terminals: Terminals;
  /** Its number, as it may be closed. */
  readonly #tty: number;
  /** Group of the process, which may change. */
  readonly #group: () => number;
  readonly #before = new Map<number, number>();

  constructor(terminals: Terminals, tty: number, group: () => number) {
    this.#terminals = terminals;
    this.#tty = tty;
    this.#group = group;
  }

  /** @throws FsError ENXIO once the terminal has been closed */
  read(): Uint8Array {
    const { columns, rows } = this.#terminals.size(this.#tty);
    const mode = this.#terminals.mode(this.#tty, this.#group()) === TtyMode.RAW ? 'raw' : 'cooked';
    return new TextEncoder().encode(`${columns} ${rows} ${mode}\n`);
  }

  /** @throws FsError EINVAL, with nothing done, for any other word */
  write(data: Uint8Array): number {
    const words = data.length > WRITE_MAX ? [] : new TextDecoder().decode(data).split(/\s+/).filter((word) => word !== '');
    if (data.length > WRITE_MAX || words.some((word) => word !== 'rawon' && word !== 'rawoff')) {
      throw new FsError('EINVAL', 'write', '/dev/consctl', { detail: 'it takes rawon and rawoff' });
    }
    for (const word of words) this.#set(word === 'rawon' ? TtyMode.RAW : TtyMode.COOKED);
    return data.length;
  }

  #set(mode: number): void {
    const group = this.#group();
    if (!this.#before.has(group)) this.#before.set(group, this.#terminals.mode(this.#tty, group));
    this.#terminals.setMode(this.#tty, group, mode);
  }

  close(): void {
    for (const [group, mode] of this.#before) this.#terminals.setMode(this.#tty, group, mode);
  }
}
