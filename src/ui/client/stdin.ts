import { sendBytes } from '../../shared/link/index.ts';

type Stdin = string | Uint8Array | ReadableStream<Uint8Array> | undefined;

/** What `spawn` is asked for: the bytes themselves, or a port for all that comes later. */
export function stdinOption(stdin: Stdin): Uint8Array | 'stream' {
  if (typeof stdin === 'string') return new TextEncoder().encode(stdin);
  return stdin instanceof Uint8Array ? stdin : 'stream';
}

/** Feeds a given stream into the port; without one returns the writable end. A reader that is gone ends the feeding quietly. */
export function connectStdin(stdin: Stdin, port: MessagePort | undefined): WritableStream<Uint8Array> | undefined {
  if (!port) return undefined;
  const sink = sendBytes(port);
  if (stdin === undefined) return sink;
  if (stdin instanceof ReadableStream) stdin.pipeTo(sink).catch(() => undefined);
  return undefined;
}
