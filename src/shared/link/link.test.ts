import { describe, expect, it } from 'vitest';
import { FsError } from '../base/index.ts';
import { ByteSender, connectLink, receiveBytes, sendBytes, ByteReceiver, serveLink, STREAM_WINDOW, type Port } from './index.ts';

function ports(): { a: Port; b: Port; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  return { a: port1 as unknown as Port, b: port2 as unknown as Port, close: () => port1.close() };
}
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));

describe('link', () => {
  interface Api { add(a: number, b: number): Promise<number>; fail(): Promise<void>; bug(): Promise<void> }

  it('LK1 calls, answers, and crosses expected failures as FsError', async () => {
    const { a, b } = ports();
    const served = serveLink<Api>(b, {
      add: async (x, y) => x + y,
      fail: async () => { throw new FsError('ENOENT', 'open', '/x'); },
      bug: async () => { throw new TypeError('oops'); },
    });
    const link = connectLink<Api>(a);
    expect(await link.api.add(2, 3)).toBe(5);
    await expect(link.api.fail()).rejects.toMatchObject({ code: 'ENOENT', path: '/x' });
    await expect(link.api.bug()).rejects.toThrow('oops');
    await expect((link.api as unknown as { toString2(): Promise<void> }).toString2()).rejects.toMatchObject({ code: 'ENOSYS' });
    await expect((link.api as unknown as { constructor: () => Promise<void> }).constructor()).rejects.toMatchObject({ code: 'ENOSYS' });
    link.dispose();
    await expect(link.api.add(1, 1)).rejects.toMatchObject({ code: 'ECANCELED' });
    served.dispose();
  });

  it('LK2 a reader that stops stops the sender at the window; nothing is lost', async () => {
    const { a, b } = ports();
    const sender = new ByteSender(a, () => {});
    const reader = receiveBytes(b).getReader();
    let sent = 0;
    for (; sender.room > 0; sent += 65536) sender.send(new Uint8Array(65536));
    await turn();
    expect(sent).toBe(STREAM_WINDOW);
    expect(sender.room).toBe(0);
    await reader.read();
    await turn();
    expect(sender.room).toBe(65536);
    sender.end();
    let got = 65536;
    for (let part = await reader.read(); !part.done; part = await reader.read()) got += part.value.length;
    expect(got).toBe(sent);
  });

  it('LK3 a cancelled stream tells the sender; a writer waits for credit', async () => {
    const { a, b } = ports();
    const received: number[] = [];
    const receiver = new ByteReceiver(b, (data) => received.push(data.length), () => received.push(-1));
    const writer = sendBytes(a).getWriter();
    const writing = writer.write(new Uint8Array(STREAM_WINDOW + 10));
    await turn();
    expect(received.reduce((sum, n) => sum + n, 0)).toBe(STREAM_WINDOW);
    receiver.ack(STREAM_WINDOW);
    await writing;
    await writer.write(new Uint8Array(7));
    await writer.close();
    await turn();
    expect(received.slice(-3)).toEqual([10, 7, -1]);
    b.close();

    const second = ports();
    const sender = new ByteSender(second.a, () => {});
    await receiveBytes(second.b).cancel();
    await turn();
    expect(sender.cancelled).toBe(true);
    expect(sender.room).toBe(0);
    second.close();
  });
});
