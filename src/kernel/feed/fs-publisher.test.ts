import { describe, expect, it } from 'vitest';
import type { FsChanged } from '../../shared/abi/index.ts';
import { Arena, KERNEL_PCB, ProcessHandle } from '../../shared/arena/index.ts';
import { Tree, TreeKeeper } from '../../shared/tree/index.ts';
import { Bus } from '../bus/index.ts';
import type { CommittedChange } from '../storage/index.ts';
import { FsPublisher } from './fs-publisher.ts';

const clock = { realtime: () => 0n, monotonic: () => 0 };
const change = (op: CommittedChange['op'], path: string, from?: string): CommittedChange =>
  ({ seq: 1, time: 0n, pid: 7, op, path, kind: 'file', ino: 5, ...(from === undefined ? {} : { from }) });

async function told(changes: CommittedChange[]): Promise<Record<string, FsChanged>> {
  const arena = Arena.create({ pages: 512, maxPages: 512 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const bus = new Bus({ clock });
  const messages: Record<string, FsChanged> = {};
  bus.subscribe('fs.changed.>', ({ subject, data }) => (messages[subject] = data as FsChanged));
  new FsPublisher(bus, tree, new TreeKeeper(tree), clock).committed(changes);
  await new Promise((resolve) => void setTimeout(resolve));
  return messages;
}

describe('what is told of changes', () => {
  it('is one message for each top directory; a rename between two is in both, a file written often is one line', async () => {
    const messages = await told([change('create', '/a/x'), change('write', '/a/x'), change('write', '/a/x'), change('rename', '/b/y', '/a/x'), change('create', '/top')]);
    const renamed = { path: '/b/y', op: 'rename', pid: 7, from: '/a/x' };
    expect(messages).toEqual({
      'fs.changed.a': { changes: [{ path: '/a/x', op: 'create', pid: 7 }, { path: '/a/x', op: 'write', pid: 7 }, renamed], overflow: false },
      'fs.changed.b': { changes: [renamed], overflow: false },
      'fs.changed.top': { changes: [{ path: '/top', op: 'create', pid: 7 }], overflow: false },
    });
  });

  it('has at most 1024 changes of a directory, and says where there are more; others are told on', async () => {
    const many = Array.from({ length: 1100 }, (_, i) => change('create', `/a/${i}`));
    const messages = await told([...many, change('rename', '/b/z', '/a/sub/0'), change('create', '/b/w')]);
    expect(messages['fs.changed.a']!.changes).toHaveLength(1024);
    expect(messages['fs.changed.a']).toMatchObject({ overflow: true, within: ['/a', '/b', '/a/sub'] });
    expect(messages['fs.changed.b']).toMatchObject({ changes: [{ path: '/b/z' }, { path: '/b/w' }], overflow: false });
    expect((await told(many.slice(0, 1024)))['fs.changed.a']!.overflow).toBe(false);
  });

  it('of changes left out in too many directories only says that there are some', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => change('create', `/a/${i}/x`));
    expect((await told(many))['fs.changed.a']).toMatchObject({ overflow: true });
    expect((await told(many))['fs.changed.a']!.within).toBeUndefined();
  });
});
