import { Connection, Listener, type Arena } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { LOOPBACK } from './address.ts';

/**
 * Who listens on which port of the tab's loopback. A port is taken as long as a description of its listener exists, and free
 * again with the last one: at the process's end, if not before. Bound: 65535 ports.
 */
export class Ports {
  readonly #arena: Arena;
  /** Holds one reference to each. */
  readonly #listeners = new Map<number, Listener>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The arena address of a new listener, of which a description must be made at once. @throws FsError EADDRINUSE, ENOMEM */
  bind(port: number): number {
    this.sweep();
    if (this.#listeners.has(port)) throw new FsError('EADDRINUSE', 'listen', `${LOOPBACK}:${port}`, { detail: 'another process listens on this port' });
    const address = Listener.create(this.#arena, port);
    if (address === 0) throw new FsError('ENOMEM', 'listen', undefined, { detail: 'shared memory is full' });
    this.#listeners.set(port, new Listener(this.#arena, address));
    return address;
  }

  /** The calling end of a new connection, which waits to be accepted. @throws FsError ECONNREFUSED, ENOMEM */
  connect(port: number): number {
    const where = `${LOOPBACK}:${port}`;
    const listener = this.#listeners.get(port);
    if (!listener?.isOpen) throw new FsError('ECONNREFUSED', 'connect', where, { detail: 'nobody listens on this port' });
    const end = Connection.create(this.#arena, port);
    if (end === 0) throw new FsError('ENOMEM', 'connect', where, { detail: 'shared memory is full' });
    const peer = Connection.peerOf(end);
    if (listener.offer(peer) === 0) return end;
    for (const each of [end, peer]) new Connection(this.#arena, each).release();
    throw new FsError('ECONNREFUSED', 'connect', where, { detail: 'too many connections wait to be accepted' });
  }

  /** Lets go of listeners that were closed. */
  sweep(): void {
    for (const [port, listener] of this.#listeners) {
      if (listener.isOpen) continue;
      this.#listeners.delete(port);
      listener.dropReference();
    }
  }

  /** Ports on which somebody listens, ascending. */
  list(): number[] {
    return [...this.#listeners].filter(([, listener]) => listener.isOpen).map(([port]) => port).sort((a, b) => a - b);
  }
}
