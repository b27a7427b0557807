import { FsError } from '../../shared/base/index.ts';
import { ByteSender } from '../../shared/link/index.ts';

/** Sends parts as they are asked for: a stream of bytes, and a port that gets null at the end, or what went wrong as data of an `FsError`. */
export function sendParts(parts: AsyncGenerator<Uint8Array>): { stream: MessagePort; done: MessagePort } {
  const [stream, done] = [new MessageChannel(), new MessageChannel()];
  void send(parts, stream.port1).then(
    () => done.port1.postMessage(null),
    (error: unknown) => done.port1.postMessage((error instanceof FsError ? error : new FsError('EIO', 'export', undefined, { detail: String(error) })).toData()),
  );
  return { stream: stream.port2, done: done.port2 };
}

/** A receiver that stops reading holds the export; one that cancels ends it. */
async function send(parts: AsyncGenerator<Uint8Array>, port: MessagePort): Promise<void> {
  let wake: () => void = () => undefined;
  const sender = new ByteSender(port, () => wake());
  try {
    for await (const part of parts) {
      while (!sender.cancelled && sender.room <= 0) await new Promise<void>((resolve) => (wake = resolve));
      if (sender.cancelled) return;
      sender.send(part);
    }
  } finally {
    sender.end();
  }
}
