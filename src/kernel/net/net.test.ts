import { describe, expect, test } from 'vitest';
import { Arena, BACKLOG, Connection, Listener, OfdFlag, OfdKind, OpenFiles } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { parseListen, parsePort, Ports } from './index.ts';

function code(action: () => unknown): string {
  try {
    action();
    return 'no failure';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

describe('addresses', () => {
  test('NT1 only the tab itself can be listened on', () => {
    expect(['127.0.0.1:8080', 'localhost:1', '0.0.0.0:65535', '[::1]:80', ':9'].map(parseListen)).toEqual([8080, 1, 65535, 80, 9]);
    for (const address of ['10.0.0.1:80', 'example.org:80', '::1:80', ' 127.0.0.1:80']) expect([address, code(() => parseListen(address))]).toEqual([address, 'EADDRNOTAVAIL']);
    for (const address of ['', '8080', '127.0.0.1', '127.0.0.1:', '127.0.0.1:0', '127.0.0.1:65536', '127.0.0.1:080', '127.0.0.1:1e3', ':-1', null, 80, ['a:1']]) {
      expect([address, code(() => parseListen(address))]).toEqual([address, 'EINVAL']);
    }
    expect([parsePort('80'), parsePort('080'), parsePort('8 0'), parsePort('')]).toEqual([80, null, null, null]);
  });
});

describe('ports', () => {
  const setUp = () => {
    const arena = Arena.create({ pages: 40, maxPages: 400, journalBytes: 1 << 16 });
    const files = new OpenFiles(arena, { releaseInode: () => {}, releaseHandle: () => {} });
    const ports = new Ports(arena);
    const listen = (port: number): number => files.create(OfdKind.LISTENER, ports.bind(port), OfdFlag.READ);
    return { arena, files, ports, listen };
  };

  test('NT2 a port is one process’s until its last description goes', () => {
    const { ports, files, listen } = setUp();
    const ofd = listen(80);
    expect([code(() => ports.bind(80)), ports.list()]).toEqual(['EADDRINUSE', [80]]);
    files.release(ofd);
    expect(ports.list()).toEqual([]);
    files.release(listen(80));
    ports.sweep();
    expect(code(() => ports.connect(80))).toBe('ECONNREFUSED');
  });

  test('NT3 a call is refused where nobody listens, and beyond the backlog', () => {
    const { arena, ports, listen, files } = setUp();
    expect(code(() => ports.connect(80))).toBe('ECONNREFUSED');
    const ofd = listen(80);
    const ends = Array.from({ length: BACKLOG }, () => ports.connect(80));
    const live = (): number => {
      let count = 0;
      arena.forEachAllocation(() => count++);
      return count;
    };
    const before = live();
    for (let call = 0; call < 1000; call++) expect(code(() => ports.connect(80))).toBe('ECONNREFUSED');
    expect([live(), new Listener(arena, files.object(ofd)).pending()]).toEqual([before, BACKLOG]);
    files.release(ofd);
    expect(ends.every((end) => new Connection(arena, end).wasReset)).toBe(true);
  });

  test('NT3 full memory is ENOMEM, and leaves nothing', () => {
    const { arena, ports, listen } = setUp();
    listen(80);
    while (arena.alloc(65536) !== 0);
    expect([code(() => ports.connect(80)), ports.list()]).toEqual(['ENOMEM', [80]]);
    while (arena.alloc(256) !== 0);
    expect(code(() => ports.bind(81))).toBe('ENOMEM');
  });
});
