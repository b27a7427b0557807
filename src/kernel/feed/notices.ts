import type { Notice } from '../../shared/abi/index.ts';
import type { Bus } from '../bus/index.ts';

/** What the user must know now. One notice an id; published as `notice.raised` and `notice.cleared`. */
export class Notices {
  readonly #bus: Bus;
  readonly #notices = new Map<string, Notice>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  raise(notice: Notice): void {
    this.#notices.set(notice.id, notice);
    this.#bus.publish('notice.raised', notice);
  }

  clear(id: string): void {
    if (this.#notices.delete(id)) this.#bus.publish('notice.cleared', { id });
  }

  list(): Notice[] {
    return [...this.#notices.values()];
  }

  /** A bug of ours: the user is told, and the console has the details. */
  fault(fault: unknown): void {
    console.error(fault);
    const detail = fault instanceof Error ? fault.message : String(fault);
    this.raise({ id: 'fault', level: 'error', title: 'Something went wrong inside Palimpsest', detail: `${detail}. Your stored files are not affected; reload if the page misbehaves.`, action: 'reload' });
  }
}
