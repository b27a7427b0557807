import { BufferWindow, Connection, Listener, OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import type { Rig } from './rig.ts';

/** A port on which the rig's process listens, and callers of it in this thread. */
export class Loopback {
  readonly listener: Listener;
  readonly fd: number;
  readonly #rig: Rig;

  constructor(rig: Rig, flags = 0) {
    this.#rig = rig;
    this.listener = new Listener(rig.arena, Listener.create(rig.arena, 8080));
    const { files, table } = rig.vfs.process;
    this.fd = table.install(files.create(OfdKind.LISTENER, this.listener.address, OfdFlag.READ | flags));
  }

  /** Null when it is refused. */
  call(): Caller | null {
    const end = Connection.create(this.#rig.arena, 8080);
    const refused = this.listener.offer(Connection.peerOf(end)) < 0;
    if (refused) new Connection(this.#rig.arena, Connection.peerOf(end)).release();
    const caller = new Caller(this.#rig, end);
    if (refused) caller.connection.release();
    return refused ? null : caller;
  }
}

export class Caller {
  readonly connection: Connection;
  readonly #window: BufferWindow;

  constructor(rig: Rig, end: number) {
    this.connection = new Connection(rig.arena, end);
    this.#window = new BufferWindow(rig.arena);
  }

  send(data: string | Uint8Array): number {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    return this.connection.output.tryWrite(this.#window.wrap(bytes), 0, bytes.length);
  }

  /** Text; null at the end. */
  receive(length = 65536): string | null {
    const bytes = new Uint8Array(length);
    const count = this.connection.input.tryRead(this.#window.wrap(bytes), 0, length);
    return count < 0 ? null : new TextDecoder().decode(bytes.subarray(0, count));
  }
}
