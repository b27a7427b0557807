import { expect, test } from 'vitest';
import { MountKind } from '../../shared/arena/index.ts';
import { TreeService } from '../services/tree/index.ts';
import { arenaMounts } from './index.ts';
import { Rig } from './testing/rig.ts';

test('the arena is told of volumes and of services, and of nothing inside a service', async () => {
  const rig = await Rig.make();
  const volume = rig.keeper.makeVolume(2, true);
  const tmp = new TreeService({ name: 'tmp', dev: 2, tree: rig.tree, root: volume, resolve: () => Promise.resolve() });
  await rig.namespace.mount(tmp, '/tmp', { makeDirectory: true });
  await rig.files.mkdir('/mem/inner');
  await rig.namespace.bind('/home', '/mem/inner');
  await rig.namespace.bind('/home', '/bound', { makeDirectory: true });
  const inode = (name: string): number => {
    const bytes = new TextEncoder().encode(name);
    return rig.tree.walk(rig.root, 0, bytes, 0, bytes.length, false);
  };
  expect(arenaMounts(rig.namespace)).toEqual([
    { mountpoint: inode('dev'), kind: MountKind.SERVICE, target: 3 },
    { mountpoint: inode('mem'), kind: MountKind.SERVICE, target: 4 },
    { mountpoint: inode('tmp'), kind: MountKind.TREE, target: volume },
    { mountpoint: inode('bound'), kind: MountKind.SERVICE, target: 1 },
  ]);
  rig.processes.dispose();
});
