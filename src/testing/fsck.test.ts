import { afterEach, describe, expect, it } from 'vitest';
import type { FsckReport } from '../shared/abi/index.ts';
import { recordCodec, type MemoryDisk } from '../kernel/storage/index.ts';
import { Machine } from './machine.ts';

const UPPER = 1;
const BLOCK = 65536;
let machine: Machine | undefined;

afterEach(async () => {
  await machine?.dispose();
  machine = undefined;
});

/** A workspace that `fill` made, damaged by `damage`, and opened again. */
async function reopened(fill: (machine: Machine) => Promise<void>, damage: (disk: MemoryDisk) => void): Promise<Machine> {
  const first = await Machine.boot();
  await fill(first);
  await first.dispose();
  damage(first.disk);
  return (machine = await Machine.boot({ disk: first.disk }));
}

const bytes = (length: number, seed = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);

/** The row of a name, wherever it is. */
function rowOf(disk: MemoryDisk, name: string): { parent: number; names: Map<string, Uint8Array>; value: Uint8Array } {
  for (const [parent, names] of disk.layer(UPPER).entries) {
    const value = names.get(name);
    if (value) return { parent, names, value };
  }
  throw new Error(`no row of ${name}`);
}

function nodeOf(disk: MemoryDisk, name: string) {
  const { parent, value } = rowOf(disk, name);
  const { node } = recordCodec.decodeEntry(parent, value);
  if (!node) throw new Error(`${name} is a whiteout`);
  return node;
}

const kinds = ({ faults }: FsckReport): string[] => faults.map(({ kind, path }) => `${kind} ${path}`);

/** Looks, repairs, looks again, restarts and looks a last time: FS11. */
async function repaired(system: Machine): Promise<{ found: FsckReport; mended: FsckReport; after: Machine }> {
  const found = await system.api.fsck();
  const mended = await system.api.fsck({ repair: true });
  expect(kinds(mended)).toEqual(kinds(found));
  expect(mended.clean).toBe(true);
  if (!mended.reload) expect((await system.api.fsck()).faults.filter(({ kind }) => kind !== 'past')).toEqual([]);
  await system.dispose();
  machine = await Machine.boot({ disk: system.disk });
  expect((await machine.api.fsck()).faults.filter(({ kind }) => kind !== 'past')).toEqual([]);
  expect(await machine.run('/bin/find', ['/home', '/lost+found'], {})).toMatchObject({ stderr: expect.not.stringContaining('Input/output') });
  return { found, mended, after: machine };
}

const code = async (action: Promise<unknown>): Promise<string> => action.then(() => 'done', (error: { code?: string }) => error.code ?? String(error));

async function someTree(system: Machine): Promise<void> {
  const { api } = system;
  await api.mkdir('/home/dir/deeper', { recursive: true });
  await api.writeFile('/home/dir/file', bytes(100));
  await api.writeFile('/home/dir/deeper/big', bytes(3 * BLOCK + 5));
  await api.symlink('../file', '/home/dir/deeper/link');
  await api.writeFile('/home/other', bytes(7, 9));
}

describe('fsck', () => {
  it('FS1 finds nothing in a store that is whole, whatever it went through', async () => {
    const system = await reopened(async (first) => {
      await someTree(first);
      expect(await first.run('/bin/ln', ['/home/other', '/home/dir/same'])).toMatchObject({ code: 0, stderr: '' });
      await first.api.rename('/home/data', '/home/dir/data');
      await first.api.rm('/home/welcome.md');
      await first.api.rename('/home/dir/deeper', '/home/deeper');
      await first.api.rm('/home/deeper', { recursive: true });
      await first.api.writeFile('/etc/motd', bytes(10));
      await first.api.copy('/home/dir', '/home/copy', { recursive: true });
    }, () => undefined);
    const report = await system.api.fsck();
    expect(report).toMatchObject({ clean: true, cancelled: false, faults: [], more: 0, reload: false });
    expect(report.checked.names).toBeGreaterThan(8);
    expect(report.checked.records).toBeGreaterThan(15);
    expect(report.checked.bytes).toBeGreaterThan(3 * BLOCK);
  });

  it('FS4 FS8 a flipped bit: the good blocks are kept in /lost+found, the name goes, and nothing reads wrong bytes', async () => {
    const data = bytes(3 * BLOCK + 5);
    const system = await reopened(someTree, (disk) => {
      const node = nodeOf(disk, 'big');
      const ref = 'chunks' in node ? node.chunks![1]! : undefined;
      const pack = disk.packs.get(ref!.pack)!;
      pack[ref!.offset + 77] = pack[ref!.offset + 77]! ^ 4;
    });
    expect(await code(system.api.readRange('/home/dir/deeper/big', BLOCK, 10))).toBe('EIO');
    expect(await system.api.readRange('/home/dir/deeper/big', 2 * BLOCK, 10)).toEqual(data.slice(2 * BLOCK, 2 * BLOCK + 10));
    const { found, mended, after } = await repaired(system);
    expect(found.faults).toContainEqual({ kind: 'block', path: '/home/dir/deeper/big', detail: expect.stringContaining('1 of 4 blocks') });
    expect(mended.faults[0]?.repair).toContain('/lost+found/home dir deeper big');
    expect(await code(after.api.stat('/home/dir/deeper/big'))).toBe('ENOENT');
    const left = await after.api.readFile('/lost+found/home dir deeper big');
    const wanted = data.slice();
    wanted.fill(0, BLOCK, 2 * BLOCK);
    expect(left).toEqual(wanted);
  });

  it('OV12 a flipped bit is EIO for a program and a notice that names the file; what is beside it is read, reading ahead included', async () => {
    const data = bytes(12 * BLOCK + 5, 3);
    const system = await reopened(async (first) => {
      await someTree(first);
      await first.api.writeFile('/home/blocks', data);
    }, (disk) => {
      const node = nodeOf(disk, 'blocks');
      const ref = 'chunks' in node ? node.chunks![3]! : undefined;
      const pack = disk.packs.get(ref!.pack)!;
      pack[ref!.offset] = pack[ref!.offset]! ^ 128;
    });
    // Blocks 0 to 7 are loaded at once.
    expect(await system.api.readRange('/home/blocks', 0, 3 * BLOCK)).toEqual(data.slice(0, 3 * BLOCK));
    expect(await system.api.readRange('/home/blocks', 4 * BLOCK, BLOCK)).toEqual(data.slice(4 * BLOCK, 5 * BLOCK));
    const { code: status, stdout, stderr } = await system.run('/bin/cat', ['/home/blocks']);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/I\/O error|Input\/output|os error 29/i);
    expect(stdout.length).toBeLessThanOrEqual(3 * BLOCK);
    expect(await system.api.notices()).toEqual([expect.objectContaining({ id: 'damage', level: 'error', action: 'repair', detail: expect.stringContaining('/home/blocks') })]);
    expect(await system.api.readFile('/home/dir/file')).toEqual(bytes(100));
  });

  it('ST24 rows that cannot be read are EIO for what they are about and a notice; the rest of the workspace is there, the root included', async () => {
    const system = await reopened(someTree, (disk) => {
      rowOf(disk, 'big').names.set('big', Uint8Array.from([77]));
      disk.layer(UPPER).nodes.set(1, Uint8Array.from([255]));
    });
    expect((await system.api.workspace()).mode).toBe('owner');
    expect(await code(system.api.readFile('/home/dir/deeper/big'))).toBe('EIO');
    expect(await system.api.readFile('/home/dir/file')).toEqual(bytes(100));
    expect(await system.api.notices()).toEqual([expect.objectContaining({ id: 'damage', detail: expect.stringMatching(/\/home\/dir\/deeper, \/:/) })]);
    await repaired(system);
  });

  it('FS5 FS7 a directory that nothing leads to: all of it is in /lost+found', async () => {
    const system = await reopened(someTree, (disk) => rowOf(disk, 'dir').names.delete('dir'));
    const { found, after } = await repaired(system);
    const ino = Number(/\d+/.exec(found.faults[0]?.path ?? '')?.[0]);
    expect(kinds(found)).toEqual([`orphan [directory ${ino}]`]);
    const place = `/lost+found/directory ${ino}`;
    expect(await after.api.readFile(`${place}/file`)).toEqual(bytes(100));
    expect(await after.api.readFile(`${place}/deeper/big`)).toEqual(bytes(3 * BLOCK + 5));
    expect(await after.api.readlink(`${place}/deeper/link`)).toBe('../file');
  });

  it('FS5 FS7 directories that lead to each other and that nothing else leads to', async () => {
    const system = await reopened(someTree, (disk) => {
      const { value, names } = rowOf(disk, 'dir');
      names.delete('dir');
      disk.layer(UPPER).directory(nodeOf(disk, 'deeper').ino).set('dir', value);
    });
    const { found, after } = await repaired(system);
    expect(found.faults).toHaveLength(1);
    const [name] = (await after.api.readdir('/lost+found')).map((entry) => entry.name);
    expect(await after.api.readFile(`/lost+found/${name}/file`)).toEqual(bytes(100));
    expect(await after.api.readFile(`/lost+found/${name}/deeper/big`)).toEqual(bytes(3 * BLOCK + 5));
  });

  async function linked(system: Machine): Promise<void> {
    await someTree(system);
    expect(await system.run('/bin/ln', ['/home/other', '/home/dir/same'])).toMatchObject({ code: 0, stderr: '' });
  }

  it('FS5 a node that lost all its names', async () => {
    const system = await reopened(linked, (disk) => {
      for (const name of ['other', 'same']) rowOf(disk, name).names.delete(name);
    });
    const { found, after } = await repaired(system);
    expect(found.faults.map(({ kind }) => kind)).toEqual(['orphan']);
    const [name] = (await after.api.readdir('/lost+found')).map((entry) => entry.name);
    expect(await after.api.readFile(`/lost+found/${name}`)).toEqual(bytes(7, 9));
  });

  it('FS5 a wrong count of names', async () => {
    const system = await reopened(linked, (disk) => void rowOf(disk, 'same').names.delete('same'));
    const { found, after } = await repaired(system);
    expect(kinds(found)).toEqual(['links /home/other']);
    expect((await after.api.stat('/home/other')).nlink).toBe(1);
  });

  it('FS5 FS9 a name whose node is missing: made anew from the journal', async () => {
    const system = await reopened(linked, (disk) => void disk.layer(UPPER).nodes.delete(nodeOf(disk, 'other').ino));
    expect(await code(system.api.readFile('/home/other'))).toBe('EIO');
    const { found, after } = await repaired(system);
    expect(kinds(found).sort()).toEqual(['dangling /home/dir/same', 'dangling /home/other']);
    expect(await after.api.readFile('/home/dir/same')).toEqual(bytes(7, 9));
    expect((await after.api.stat('/home/other')).nlink).toBe(2);
  });

  it('FS5 two nodes of one number: the second is in /lost+found', async () => {
    const system = await reopened(someTree, (disk) => {
      const node = nodeOf(disk, 'file');
      if (!('kind' in node)) throw new Error('linked');
      const { names, parent } = rowOf(disk, 'other');
      const other = nodeOf(disk, 'other');
      names.set('other', recordCodec.encodeEntry({ parent, name: 'other', node: { ...(other as typeof node), ino: node.ino } }));
    });
    const { found, after } = await repaired(system);
    expect(found.faults.map(({ kind }) => kind)).toEqual(['twice']);
    const saved = (await after.api.readdir('/lost+found')).map(({ name }) => name);
    expect(saved).toHaveLength(1);
  });

  it('FS3 FS9 records that cannot be read: made anew from the journal, or taken away if that does not reach back', async () => {
    const garbage = Uint8Array.from([1, 255, 255, 255]);
    for (const trimmed of [false, true]) {
      const system = await reopened(linked, (disk) => {
        disk.layer(UPPER).nodes.set(nodeOf(disk, 'other').ino, garbage);
        rowOf(disk, 'big').names.set('big', garbage);
        if (!trimmed) return;
        disk.segments.splice(0);
        disk.head = { ...disk.head, oldest: disk.head.seq + 1 };
      });
      expect(await code(system.api.readdir('/home/dir/deeper'))).toBe('EIO');
      const { found, mended, after } = await repaired(system);
      expect(found.faults.map(({ kind }) => kind).sort()).toEqual(['dangling', 'dangling', 'entry', 'entry']);
      expect(mended.faults.length).toBeGreaterThan(0);
      expect(mended.faults.every(({ repair }) => repair?.includes(trimmed ? 'the journal does not know' : 'from the journal'))).toBe(true);
      if (trimmed) expect(await code(after.api.stat('/home/other'))).toBe('ENOENT');
      else expect(await after.api.readFile('/home/other')).toEqual(bytes(7, 9));
      if (trimmed) expect((await after.api.readdir('/home/dir/deeper')).map(({ name }) => name)).toEqual(['link']);
      else expect(await after.api.readFile('/home/dir/deeper/big')).toEqual(bytes(3 * BLOCK + 5));
      await after.dispose();
      machine = undefined;
    }
  });

  it('FS6 FS10 a gap in the journal: the history begins after it', async () => {
    const system = await reopened(someTree, (disk) => void disk.segments.splice(2, 1));
    const { found, after } = await repaired(system);
    expect(kinds(found)).toEqual(['journal [journal]']);
    expect(await after.api.readFile('/home/dir/file')).toEqual(bytes(100));
  });

  it('FS6 a journal without its end, and one that cannot be read', async () => {
    for (const damage of [(disk: MemoryDisk) => void disk.segments.pop(), (disk: MemoryDisk) => void (disk.segments[1] = { first: disk.segments[1]!.first, bytes: Uint8Array.from([200]) })]) {
      const system = await reopened(someTree, damage);
      const { found, after } = await repaired(system);
      expect(kinds(found)).toEqual(['journal [journal]']);
      await after.dispose();
      machine = undefined;
    }
  });

  it('an index of packs that says what is not there', async () => {
    const system = await reopened(someTree, (disk) => {
      const [first, second] = [...disk.packIndex.keys()];
      disk.packIndex.set(first!, Uint8Array.from([9, 9]));
      disk.packIndex.set(second!, recordCodec.encodePack([{ hash: 'ab'.repeat(32), offset: 0, length: 5 }]));
    });
    const { found } = await repaired(system);
    expect(found.faults.map(({ kind }) => kind)).toEqual(['index', 'index']);
  });

  it('FS7 what a repair does can be seen in the history, as a run of its own', async () => {
    const system = await reopened(someTree, (disk) => rowOf(disk, 'dir').names.delete('dir'));
    await system.api.fsck({ repair: true });
    const runs = await system.api.historyRuns({});
    expect(runs.find(({ kind }) => kind === 'repair')).toMatchObject({ name: 'repair of the store', entries: expect.any(Number) });
  });

  it('WS5 fsck in the shell of a terminal says what is wrong, and what it repaired', async () => {
    const system = await reopened(someTree, (disk) => rowOf(disk, 'dir').names.delete('dir'));
    const terminal = await system.terminal();
    await terminal.until('$\x1b[0m ');
    const typed = async (line: string): Promise<string> => {
      const from = terminal.output.length;
      terminal.type(`${line}; echo status $?\r`);
      await terminal.until(/status \d/, { from: from + line.length + 14 });
      return terminal.output.slice(from);
    };
    expect(await typed('fsck')).toMatch(/nothing leads to it\r?\n[^]*not all is well\r?\n[^]*status 4/);
    expect(await typed('fsck -r')).toMatch(/it is \/lost\+found\/directory \d+\r?\n[^]*nothing is wrong now\r?\n[^]*status 1/);
    expect(await typed('fsck')).toMatch(/nothing is wrong now\r?\n[^]*status 0/);
    await terminal.close();
  });

  it('FS14 what is written while a repair is at work stays as it was written', { timeout: 60_000 }, async () => {
    const damages: [name: string, path: string, damage: (disk: MemoryDisk) => void][] = [
      ['links', '/home/other', (disk) => void rowOf(disk, 'same').names.delete('same')],
      ['block', '/home/dir/deeper/big', (disk) => disk.packs.forEach((pack) => pack.length > BLOCK && pack.fill(9))],
      ['entry', '/home/dir/file', (disk) => void rowOf(disk, 'file').names.set('file', Uint8Array.from([1, 255, 255, 255]))],
    ];
    for (const [name, path, damage] of damages) {
      for (const wait of [0, 1, 3, 6, 12, 24]) {
        const system = await reopened(linked, damage);
        const repairing = system.api.fsck({ repair: true });
        for (let turn = 0; turn < wait; turn++) await new Promise((resolve) => void setImmediate(resolve));
        const written = await code(system.api.writeFile(path, bytes(77, wait)));
        await repairing;
        await system.dispose();
        machine = await Machine.boot({ disk: system.disk });
        if (written === 'done') expect(await machine.api.readFile(path).catch((error: unknown) => error), `${name} after ${wait}`).toEqual(bytes(77, wait));
        else expect(written).toBe('EIO');
        await machine.dispose();
        machine = undefined;
      }
    }
  });

  it('FS12 one runs at a time, and can be cancelled', async () => {
    const system = await reopened((first) => first.api.writeFile('/home/large', new Uint8Array(40 * 1024 * 1024).map((_, i) => i >>> 16)), () => undefined);
    const running = system.api.fsck();
    expect(await code(system.api.fsck())).toBe('EBUSY');
    await system.api.fsckCancel();
    expect(await running).toMatchObject({ cancelled: true, clean: false });
    expect(await system.api.fsck()).toMatchObject({ cancelled: false, clean: true });
  });

  it('FS2 finds nothing while programs change everything', async () => {
    const system = machine = await Machine.boot();
    await system.api.mkdir('/home/busy');
    const work = Promise.all([
      system.run('/bin/sh', ['-c', 'cd /home/busy; for i in 1 2 3 4 5 6 7 8 9; do mkdir -p a/$i; echo $i > a/$i/f; ln a/$i/f a/$i/g; mv a/$i b$i; done; rm -r b1 b2']),
      system.run('/bin/manyfiles', ['/home/many', '300']),
    ]);
    for (let i = 0; i < 10; i += 1) expect((await system.api.fsck()).faults).toEqual([]);
    for (const { code: status, stderr } of await work) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect((await system.api.fsck()).faults).toEqual([]);
  });

  it('FS13 looks by itself after an unclean end, and speaks if something is wrong', async () => {
    const system = await reopened(someTree, (disk) => {
      rowOf(disk, 'dir').names.delete('dir');
      disk.head = { ...disk.head, clean: false };
    });
    await expect.poll(async () => (await system.api.notices()).find(({ id }) => id === 'fsck'), { timeout: 15_000 }).toMatchObject({
      level: 'warning', action: 'repair', detail: expect.stringContaining('nothing leads to it'),
    });
  }, 20_000);
});
