import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import {
  Arena, BACKLOG, Connection, FdTable, Listener, OfdFlag, OfdKind, OpenFiles, ProcessTable,
} from '../shared/arena/index.ts';
import { threadBundle } from './guest-threads.ts';
import type { PeerData } from './socket-peer.ts';

const none = { releaseInode: () => {}, releaseHandle: () => {} };

it.each([1, 2, 3])('SK1 SK2 SK3 two processes in threads: every byte, then the end, and nothing is left (seed %i)', async (seed) => {
  const script = await threadBundle(new URL('./socket-peer.ts', import.meta.url));
  const arena = Arena.create({ pages: 64, maxPages: 4000, journalBytes: 1 << 16 });
  const files = new OpenFiles(arena, none);
  const table = new ProcessTable(arena);
  const live = (): number => {
    let count = 0;
    arena.sync();
    arena.forEachAllocation(() => count++);
    return count;
  };
  const before = live();
  const start = (pid: number, role: PeerData['role']) => {
    const pcb = table.allocate(pid, 1);
    const fds = new FdTable(arena, files, pcb);
    const data: PeerData = { memory: arena.memory, pcb, seed: seed * 100 + pid, role, connections: BACKLOG };
    return { fds, worker: new Worker(script, { workerData: data }) };
  };
  const [sender, receiver] = [start(5, 'sender'), start(6, 'receiver')];
  const listener = new Listener(arena, Listener.create(arena, 80));
  receiver.fds.set(3, files.create(OfdKind.LISTENER, listener.address, OfdFlag.READ));
  // The receiver waits for what comes.
  receiver.worker.postMessage([]);
  const ends = Array.from({ length: BACKLOG }, () => Connection.create(arena, 80));
  const fds = ends.map((end) => sender.fds.install(files.create(OfdKind.SOCKET, end, OfdFlag.READ | OfdFlag.WRITE), 3));
  sender.worker.postMessage(fds);
  for (const end of ends) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(listener.offer(Connection.peerOf(end))).toBe(0);
  }
  await Promise.all([sender, receiver].map(async ({ worker }) => expect(await once(worker, 'message')).toEqual(['done'])));
  await Promise.all([sender, receiver].map(({ worker }) => worker.terminate()));
  for (const { fds: open } of [sender, receiver]) open.destroy();
  listener.dropReference();
  expect(live()).toBe(before);
});
