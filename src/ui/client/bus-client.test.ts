import { describe, expect, it, vi } from 'vitest';
import type { BusMessage } from '../../shared/abi/index.ts';
import { BusClient } from './bus-client.ts';

const message = (subject: string): BusMessage => ({ subject, data: null, time: 0 });
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function setUp() {
  const ports: MessagePort[] = [];
  const ended: number[] = [];
  const api = {
    publish: async () => undefined,
    request: async () => message('reply'),
    reply: async () => undefined,
    subscribe: async () => {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1);
      return { id: ports.length, port: port2 };
    },
    unsubscribe: async (id: number) => void ended.push(id),
  };
  return { bus: new BusClient(api), ports, ended };
}

describe('BusClient', () => {
  it('delivers batches in order and acknowledges them', async () => {
    const { bus, ports } = setUp();
    const seen: string[] = [];
    const end = bus.subscribe('a.>', ({ subject }) => seen.push(subject));
    await turn();
    const acknowledged: unknown[] = [];
    if (ports[0]) ports[0].onmessage = (event) => acknowledged.push(event.data);
    ports[0]?.postMessage([message('a.1'), message('a.2')]);
    await turn();
    expect([seen, acknowledged]).toEqual([['a.1', 'a.2'], [2]]);
    end();
    ports[0]?.close();
  });

  it('ends a subscription that the kernel has not answered yet', async () => {
    const { bus, ended, ports } = setUp();
    const end = bus.subscribe('a', () => undefined);
    end();
    end();
    await turn();
    expect(ended).toEqual([1]);
    ports[0]?.close();
  });

  it('goes on after a handler that throws', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const { bus, ports } = setUp();
    const seen: string[] = [];
    bus.subscribe('a.*', ({ subject }) => {
      seen.push(subject);
      if (subject === 'a.1') throw new Error('no');
    });
    await turn();
    ports[0]?.postMessage([message('a.1'), message('a.2')]);
    await turn();
    expect(seen).toEqual(['a.1', 'a.2']);
    expect(reported).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
    bus.dispose();
    ports[0]?.close();
  });

  it('reports a pattern that is refused', async () => {
    const bus = new BusClient({ publish: async () => undefined, request: async () => message('r'), reply: async () => undefined, unsubscribe: async () => undefined, subscribe: () => Promise.reject(new Error('bad pattern')) });
    const failed = vi.fn();
    bus.subscribe('..', () => undefined, failed);
    await turn();
    expect(failed).toHaveBeenCalledOnce();
  });
});
