import { RightBit } from '../../shared/abi/index.ts';
import { OfdKind, REVOKED } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Held } from '../../shared/tree/index.ts';
import type { Process } from './process.ts';

/** Operations by descriptions that withhold something (../../shared/tree/SPEC.md, RT1 …). All others pay one look at a word. */
export class Bounded {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  /** `action` within what the description leaves of rights, of which it needs `need` whatever the name. `wanted`: what an open is for. */
  within(ofd: number, need: number, action: () => number, wanted = 0): number {
    const { files, tree: { walker: { bounds } } } = this.#process;
    if (files.withheld(ofd) & (need | REVOKED)) return -Errno.ENOTCAPABLE;
    bounds.set({ withheld: files.withheld(ofd), globs: files.globs(ofd) }, wanted);
    try {
      return action();
    } finally {
      bounds.clear();
    }
  }

  /** The same of a call by which what is found by `from` gets a name by `to`. */
  withinBoth(from: number, need: number, to: number, action: () => number): number {
    const { files, handle, tree: { walker: { bounds } } } = this.#process;
    if (files.withheld(from) & (need | REVOKED) || files.withheld(to) & (RightBit.create | REVOKED)) return -Errno.ENOTCAPABLE;
    // What it could be given by a token it may not prepare before.
    if (files.withheld(from) !== 0 && handle.tokens !== 0) return -Errno.ENOTCAPABLE;
    bounds.setTwo(this.#limit(from), this.#limit(to), files.withheld(from) === 0 ? [] : this.#directories());
    try {
      return action();
    } finally {
      bounds.clear();
    }
  }

  #limit(ofd: number): Held {
    const { files } = this.#process;
    return { inode: files.object(ofd), withheld: files.withheld(ofd), globs: files.globs(ofd) };
  }

  /** What another thread opens meanwhile has no more than what it opens that by. */
  #directories(): Held[] {
    const { files, table } = this.#process;
    const held: Held[] = [];
    table.forEach((ofd) => {
      if (files.kind(ofd) === OfdKind.DIRECTORY && !files.isRevoked(ofd)) held.push(this.#limit(ofd));
    });
    return held;
  }
}
