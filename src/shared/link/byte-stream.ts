import type { Port } from './rpc.ts';

/** Bytes that may be under way without having been taken. */
export const STREAM_WINDOW = 1024 * 1024;

type StreamMessage =
  | { type: 'data'; data: Uint8Array }
  | { type: 'end' }
  | { type: 'cancel' }
  /** Bytes taken by the consumer. */
  | { type: 'ack'; bytes: number };

/** The sending end of a byte stream over a port, with credit. */
export class ByteSender {
  #credit = STREAM_WINDOW;
  #cancelled = false;
  readonly #port: Port;
  readonly #onRoom: () => void;

  /** `onRoom` is called when credit came back, and when the receiver cancelled. */
  constructor(port: Port, onRoom: () => void) {
    this.#port = port;
    this.#onRoom = onRoom;
    port.onmessage = (event) => this.#receive(event.data as StreamMessage);
  }

  #receive(message: StreamMessage): void {
    if (message.type === 'ack') this.#credit += message.bytes;
    else if (message.type === 'cancel') this.#cancelled = true;
    this.#onRoom();
  }

  /** Bytes that may be sent now. */
  get room(): number {
    return this.#cancelled ? 0 : this.#credit;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Moves the array's buffer if it is its own; at most `room` bytes. */
  send(data: Uint8Array): void {
    this.#credit -= data.byteLength;
    this.#port.postMessage({ type: 'data', data } satisfies StreamMessage, [data.buffer as unknown as Transferable]);
  }

  end(): void {
    this.#port.postMessage({ type: 'end' } satisfies StreamMessage);
  }
}

/** The receiving end as a standard stream. Credit goes back only for chunks that were read, so a reader that stops stops the sender. */
export function receiveBytes(port: Port): ReadableStream<Uint8Array> {
  const queue: Uint8Array[] = [];
  let ended = false;
  let wake: (() => void) | null = null;
  port.onmessage = (event) => {
    const message = event.data as StreamMessage;
    if (message.type === 'data' && message.data.byteLength > 0) queue.push(message.data);
    else if (message.type === 'end') ended = true;
    wake?.();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (queue.length === 0 && !ended) await new Promise<void>((resolve) => { wake = resolve; });
      wake = null;
      const chunk = queue.shift();
      if (chunk) {
        port.postMessage({ type: 'ack', bytes: chunk.byteLength } satisfies StreamMessage);
        controller.enqueue(chunk);
      } else {
        controller.close();
        port.close();
      }
    },
    cancel() {
      wake?.();
      port.postMessage({ type: 'cancel' } satisfies StreamMessage);
      port.close();
    },
  }, { highWaterMark: 0 });
}

/** The sending end as a standard stream. */
export function sendBytes(port: Port): WritableStream<Uint8Array> {
  let wake: (() => void) | null = null;
  const sender = new ByteSender(port, () => {
    wake?.();
    wake = null;
  });
  return new WritableStream<Uint8Array>({
    async write(chunk) {
      for (let at = 0; at < chunk.byteLength;) {
        while (sender.room <= 0 && !sender.cancelled) await new Promise<void>((resolve) => { wake = resolve; });
        if (sender.cancelled) throw new Error('EPIPE: nobody reads this stream any more');
        const part = chunk.slice(at, at + Math.min(sender.room, 64 * 1024));
        // Before it is sent: the buffer moves.
        at += part.byteLength;
        sender.send(part);
      }
    },
    close: () => sender.end(),
    abort: () => sender.end(),
  });
}

/** The kernel's receiving end: chunks to a callback, credit by hand. */
export class ByteReceiver {
  readonly #port: Port;

  constructor(port: Port, onData: (data: Uint8Array) => void, onEnd: () => void) {
    this.#port = port;
    port.onmessage = (event) => {
      const message = event.data as StreamMessage;
      if (message.type === 'data') onData(message.data);
      else if (message.type === 'end') onEnd();
    };
  }

  ack(bytes: number): void {
    this.#port.postMessage({ type: 'ack', bytes } satisfies StreamMessage);
  }

  cancel(): void {
    this.#port.postMessage({ type: 'cancel' } satisfies StreamMessage);
  }
}
