import type { SocketReply } from '../../shared/abi/index.ts';
import { Connection, Shut, type Arena } from '../../shared/arena/index.ts';
import { InputPump, OutputPump, type Pump } from './byte-pumps.ts';

/**
 * A connection whose one end the window has: two byte streams, moved by two pumps. The end is given back when both directions
 * have ended; then `closed` gets its one message. Without credit from the window nothing is taken, so the other side waits.
 */
export function openWindowSocket(arena: Arena, end: number): { pumps: Pump[]; reply: SocketReply } {
  const connection = new Connection(arena, end);
  const [incoming, outgoing, closed] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  let open = 2;
  const over = (what: number): void => {
    connection.shut(what);
    if (--open > 0) return;
    connection.release();
    closed.port1.postMessage(0);
  };
  const output = new OutputPump(arena, connection.input.address, incoming.port1, () => {
    over(Shut.READ);
    // Nothing comes any more: that the other side stops reading would go unnoticed.
    input.watchEnd();
  });
  const input = new InputPump(arena, connection.output.address, outgoing.port1, () => over(Shut.WRITE));
  return { pumps: [output, input], reply: { readable: incoming.port2, writable: outgoing.port2, closed: closed.port2 } };
}
