import { BufferWindow, KERNEL_SLOT, Ring, type Arena } from '../../shared/arena/index.ts';
import { ByteReceiver, ByteSender, type Port } from '../../shared/link/index.ts';

/** Bytes of one message. */
const CHUNK = 64 * 1024;

/** Something that moves bytes between a ring and the window when the kernel's bell rang. */
export interface Pump {
  /** Moves what can be moved. */
  pump(): void;
  readonly done: boolean;
}

/**
 * A ring read by the kernel and streamed over a port. Holds one reader of the ring. Without credit nothing is read, so
 * the ring fills and its writers wait.
 */
export class OutputPump implements Pump {
  readonly #ring: Ring;
  readonly #sender: ByteSender;
  readonly #window: BufferWindow;
  readonly #again = new MessageChannel();
  readonly #onDone: () => void;
  #done = false;

  /** The ring has its first writer by now. `onDone`: the pump has given its end of the ring back. */
  constructor(arena: Arena, ring: number, port: Port, onDone: () => void = () => {}) {
    this.#onDone = onDone;
    this.#ring = new Ring(arena, ring);
    this.#ring.addReader();
    this.#window = new BufferWindow(arena);
    this.#sender = new ByteSender(port, () => this.pump());
    this.#again.port1.onmessage = () => this.pump();
    this.#ring.addWaiter(KERNEL_SLOT);
  }

  get done(): boolean {
    return this.#done;
  }

  pump(): void {
    if (this.#done) return;
    if (this.#sender.cancelled) {
      this.#finish();
      return;
    }
    // Rung once for each time that the ring was found empty: who writes much does not ring for each write.
    this.#ring.removeWaiter(KERNEL_SLOT);
    while (this.#sender.room > 0) {
      const taken = this.#take(Math.min(CHUNK, this.#sender.room));
      if (taken < 0) {
        this.#sender.end();
        this.#finish();
        return;
      }
      if (taken === 0 && this.#isQuiet()) return;
      if (taken > 0 && taken < CHUNK) return this.#lookAgain();
    }
  }

  /** Bytes sent; 0 for none, -1 at the end. */
  #take(most: number): number {
    const size = Math.min(most, Math.max(1, this.#ring.readable()));
    const bytes = new Uint8Array(size);
    const count = this.#ring.tryRead(this.#window.wrap(bytes), 0, size);
    if (count > 0) this.#sender.send(count === size ? bytes : bytes.slice(0, count));
    return count;
  }

  /** Who has just written will write on: to look once more a task later saves it a ring of the bell for each line. */
  #lookAgain(): void {
    this.#again.port2.postMessage(0);
  }

  /** Asks to be rung for; false if something came before that was heard. */
  #isQuiet(): boolean {
    this.#ring.addWaiter(KERNEL_SLOT);
    if (this.#ring.readable() === 0 && this.#ring.writers > 0) return true;
    this.#ring.removeWaiter(KERNEL_SLOT);
    return false;
  }

  #finish(): void {
    this.#ring.removeWaiter(KERNEL_SLOT);
    this.#again.port1.close();
    this.#done = true;
    this.#ring.dropReader();
    this.#onDone();
  }
}

/** A port (or fixed bytes) written into a ring by the kernel. Holds one writer of the ring until its end. Starts with the first `pump`. */
export class InputPump implements Pump {
  readonly #ring: Ring;
  readonly #window: BufferWindow;
  readonly #receiver: ByteReceiver | null;
  /** Bounded by the stream's credit. */
  readonly #queue: Uint8Array[] = [];
  readonly #onDone: () => void;
  #ended = false;
  #done = false;
  #watching = false;

  /** The ring has its first reader by now. `onDone`: the pump has given its end of the ring back. */
  constructor(arena: Arena, ring: number, source: Port | Uint8Array, onDone: () => void = () => {}) {
    this.#onDone = onDone;
    this.#ring = new Ring(arena, ring);
    this.#ring.addWriter();
    this.#window = new BufferWindow(arena);
    if (source instanceof Uint8Array) {
      this.#receiver = null;
      this.#queue.push(source);
      this.#ended = true;
    } else this.#receiver = new ByteReceiver(source, (data) => this.#add(data), () => this.#end());
  }

  get done(): boolean {
    return this.#done;
  }

  #add(data: Uint8Array): void {
    this.#queue.push(data);
    this.pump();
  }

  #end(): void {
    this.#ended = true;
    this.pump();
  }

  pump(): void {
    if (this.#done) return;
    if (this.#ring.readers === 0) return this.#broken();
    for (let part = this.#queue[0]; part; part = this.#queue[0]) {
      const count = part.length === 0 ? 0 : this.#ring.tryWrite(this.#window.wrap(part), 0, part.length);
      if (count < 0) return this.#broken();
      if (count > 0) this.#receiver?.ack(count);
      if (count < part.length) {
        this.#queue[0] = part.subarray(count);
        if (this.#full()) return;
      } else this.#queue.shift();
    }
    if (this.#ended) this.#finish();
    else if (!this.#watching) this.#ring.removeWaiter(KERNEL_SLOT);
    else {
      this.#ring.addWaiter(KERNEL_SLOT);
      if (this.#ring.readers === 0) this.#broken();
    }
  }

  /** From now on it ends when nobody reads any more, also while it has nothing to write. */
  watchEnd(): void {
    this.#watching = true;
    this.pump();
  }

  /** Nobody reads any more. */
  #broken(): void {
    this.#receiver?.cancel();
    this.#finish();
  }

  /** Asks to be rung for; false if there is room after all, or nobody reads any more. */
  #full(): boolean {
    this.#ring.addWaiter(KERNEL_SLOT);
    return this.#ring.writable() === 0 && this.#ring.readers > 0;
  }

  #finish(): void {
    this.#done = true;
    this.#queue.length = 0;
    this.#ring.removeWaiter(KERNEL_SLOT);
    this.#ring.dropWriter();
    this.#onDone();
  }
}
