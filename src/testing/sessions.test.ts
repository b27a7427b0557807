import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './machine.ts';

let machine: Machine;

beforeEach(async () => {
  machine = await Machine.boot();
  await machine.api.mkdir('/home/d', { recursive: true });
  await machine.write('/home/d/a', 'old a');
  await machine.write('/home/d/b', 'old b');
  await machine.write('/home/d/big', new Uint8Array(200_000).fill(7));
});

afterEach(() => machine.dispose());

const sh = (script: string, overlay?: string) => machine.run('/bin/sh', ['-c', script], overlay === undefined ? {} : { overlay });
const names = async (path: string) => (await machine.api.readdir(path)).map(({ name }) => name).sort();
const faults = () => machine.kernel.check().faults.filter((fault) => !fault.endsWith('reached by nothing'));

/** Until something that is done in the background is done. */
async function settled(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await done()); tries++) {
    if (tries > 200) throw new Error('it does not happen');
    await new Promise((resolve) => void setTimeout(resolve, 25));
  }
}

describe('a session', () => {
  test('SE1 what a program and its children write stays in it; the workspace is as it was', async () => {
    const outcome = await sh('cd /home/d; echo new > a; rm b; mv big moved; mkdir -p sub/deep; echo x > sub/deep/f; (cat a; ls) | cat; /bin/sh -c "echo child >> a"; cat a', 'session');
    expect(outcome.stderr).toBe('');
    expect(outcome.stdout).toBe('new\na\nmoved\nsub\nnew\nchild\n');
    expect(outcome.overlay).toMatch(/^session-\d+$/);
    expect(outcome.changes?.written).toContain('/home/d/a');
    expect(await machine.read('/home/d/a')).toBe('old a');
    expect(await names('/home/d')).toEqual(['a', 'b', 'big']);
    // Another look into the same session: all of it is there.
    const again = await sh('cd /home/d; cat a; ls; cat sub/deep/f; cat moved | wc -c', outcome.overlay);
    expect(again.stdout.trim().split(/\s+/)).toEqual(['new', 'child', 'a', 'moved', 'sub', 'x', '200000']);
    expect(faults()).toEqual([]);
  });

  test('SE13 it is told how it differs from the workspace, and is read below /branch without being listed', async () => {
    await machine.write('/home/d/kept', 'kept');
    await machine.api.mkdir('/home/d/old');
    await machine.write('/home/d/old/x', 'x');
    const { overlay = '' } = await sh('cd /home/d; echo new > a; rm b; mv big moved; mkdir sub; mv old/x sub/x; rmdir old; mkdir sub/deep; echo n > sub/deep/f; ln -s a way', 'session');
    const told = async (name: string) => (await machine.api.layerDiff(name)).changes.map(({ path, change, from, content }) => `${change} ${path}${from === undefined ? '' : ` from ${from}`}${content ? '' : ' same'}`);
    const expected = [
      'changed /home/d/a', 'deleted /home/d/b', 'renamed /home/d/moved from /home/d/big same', 'deleted /home/d/old same', 'added /home/d/sub same',
      'added /home/d/sub/deep same', 'added /home/d/sub/deep/f', 'renamed /home/d/sub/x from /home/d/old/x same', 'added /home/d/way',
    ];
    expect(await told(overlay)).toEqual(expected);
    expect(await machine.read(`/branch/${overlay}/home/d/sub/x`)).toBe('x');
    expect(await names('/branch')).toEqual([]);
    await machine.write('/home/d/a', 'changed in the workspace');
    expect(await told(overlay)).toEqual(expected);
    await machine.dispose();
    machine = await Machine.boot({ disk: machine.disk });
    expect(await told(overlay)).toEqual(expected);
    await machine.api.layerKeep(overlay, 'kept');
    expect(await told('kept')).toEqual(expected);
    await machine.api.layerDrop('kept');
    await expect(machine.api.layerDiff('kept')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(faults()).toEqual([]);
  });

  test('SE2 it is listed with its process, and once more after a reload; dropped, nothing is left of it', async () => {
    const { api } = machine;
    const reply = await api.spawn({ module: '/bin/sh', args: ['-c', 'echo x > /home/d/a; echo > /home/d/done; read line; echo y > /home/d/b'], overlay: 'session', stdin: 'stream' });
    const name = reply.overlay!;
    const listed = async () => (await api.layerList()).find((layer) => layer.name === name);
    expect(await listed()).toMatchObject({ kind: 'session', pid: reply.pid });
    // A name that was made comes with its directory's times: what was written before it is there too.
    await settled(async () => (await listed())!.entries > 1);
    await expect(api.layerDrop(name)).rejects.toMatchObject({ code: 'EBUSY' });
    await api.kill(reply.pid, 'KILL');
    expect((await api.wait(reply.pid)).overlay).toBe(name);
    const after = await listed();
    expect(after).toMatchObject({ kind: 'session', entries: expect.any(Number) });
    expect(after).not.toHaveProperty('pid');
    await machine.dispose();
    machine = await Machine.boot({ disk: machine.disk });
    expect((await machine.api.layerList()).map((layer) => layer.name)).toContain(name);
    expect((await sh('cat /home/d/a /home/d/b', name)).stdout).toBe('x\nold b');
    await machine.api.layerDrop(name);
    expect((await machine.api.layerList()).map(({ kind }) => kind)).toEqual(['base', 'upper']);
    await expect(machine.api.layerDrop(name)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sh('true', name)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(machine.disk.rows.size).toBe(1);
  });

  test('SE3 one that changed nothing is not kept', async () => {
    const outcome = await sh('cat /home/d/a; ls /; echo mine > /tmp/x', 'session');
    expect(outcome).not.toHaveProperty('overlay');
    await settled(async () => (await machine.api.layerList()).every(({ kind }) => kind === 'base' || kind === 'upper'));
  });

  test('SE4 the memory of a session is had again once nobody is in it', async () => {
    await sh('true', 'session');
    const free = () => machine.api.readFile('/proc/meminfo').then((bytes) => Number(/MemFree: *(\d+)/.exec(new TextDecoder().decode(bytes))![1]));
    await new Promise((resolve) => void setTimeout(resolve, 700));
    const before = await free();
    await sh('i=0; while [ $i -lt 40 ]; do cat /home/d/big > /home/d/copy$i; i=$((i+1)); done', 'session');
    await settled(async () => (await free()) > before - 2000);
    expect(faults()).toEqual([]);
  });

  test('SE5 twenty at once know nothing of each other', { timeout: 60_000 }, async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => sh(`cd /home/d; echo ${at} > a; mkdir own${at}; mv b own${at}/b; echo ${at} > /tmp/f; cat a /tmp/f; ls`, 'session')));
    for (const [at, { stdout, stderr }] of outcomes.entries()) {
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual([`${at}`, `${at}`, 'a', 'big', `own${at}`]);
    }
    expect(new Set(outcomes.map(({ overlay }) => overlay)).size).toBe(20);
    expect(await names('/home/d')).toEqual(['a', 'b', 'big']);
    expect(await names('/tmp')).toEqual([]);
    for (const { overlay } of outcomes) await machine.api.layerDrop(overlay!);
    await settled(() => Promise.resolve(faults().length === 0));
    expect(machine.disk.rows.size).toBe(1);
  });

  test('SE6 no path leads out of it', async () => {
    const outside = await machine.api.spawn({ module: '/bin/sh', args: ['-c', 'read line'], cwd: '/home/d', stdin: 'stream' });
    await machine.api.historyBranch('now', 'other');
    const outcome = await sh(`
      cd /home/d; ln -s /home/d/b absolute; ln -s ../../../../../../home/d/b up
      for path in /proc/${outside.pid}/cwd/a ../../../../../../../home/d/a /proc/self/cwd/a absolute up; do echo bad > $path; done
      echo bad > /branch/other/home/d/a; echo bad > /history/now/home/d/a
      mkdir -p /home/e; bind / /home/e; echo bad > /home/e/home/d/big; bind -b /home/d /; echo bad > /home/d/via-union; echo bad > absolute
      cat /home/d/a /home/d/b; ls /branch`, 'session');
    expect(outcome.stdout).toMatch(/^bad\nbad\n/);
    await machine.api.kill(outside.pid, 'KILL');
    for (const name of ['a', 'b']) {
      expect(await machine.read(`/home/d/${name}`)).toBe(`old ${name}`);
      expect(await machine.read(`/branch/other/home/d/${name}`)).toBe(`old ${name}`);
    }
    expect((await machine.api.stat('/home/d/big')).size).toBe(200_000);
    expect(await names('/home/d')).toEqual(['a', 'b', 'big']);
    expect((await machine.api.readdir('/home')).map(({ name }) => name)).not.toContain('e');
  });

  test('SE7 hostile names and options', async () => {
    for (const overlay of ['', '..', 'a/b', 'x'.repeat(5000)]) await expect(sh('true', overlay)).rejects.toMatchObject({ code: 'ENOENT' });
    for (const overlay of [7, {}, null]) await expect(sh('true', overlay as never)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(machine.run('/bin/sh', ['-c', 'true'], { overlay: 'session', at: 1 })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(machine.run('/bin/sh', ['-c', 'true'], { at: 1e9 })).rejects.toMatchObject({ code: 'ENOENT' });
    for (const at of [-1, 0.5, {} as never]) await expect(machine.run('/bin/sh', ['-c', 'true'], { at })).rejects.toMatchObject({ code: 'EINVAL' });
    for (const name of ['', 'upper', '7', 'session-9', 'a/b', '..', 'x'.repeat(65), 7 as never]) await expect(machine.api.historyBranch('now', name)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(machine.api.layerKeep('none', 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(machine.run('/bin/nothing', [], { overlay: 'session' })).rejects.toMatchObject({ code: 'ENOENT' });
    await settled(async () => (await machine.api.layerList()).every(({ kind }) => kind === 'base' || kind === 'upper'));
  });
});

describe('a branch', () => {
  test('SE8 starts at a point, is written by programs and at /branch, and survives reloads', async () => {
    const { api } = machine;
    await api.historySnapshot('before');
    await machine.write('/home/d/a', 'later');
    expect(await api.historyBranch('before', 'try')).toMatchObject({ name: 'try', kind: 'branch', entries: 0 });
    await expect(api.historyBranch('now', 'try')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await names('/branch')).toEqual(['try']);
    expect(await machine.read('/branch/try/home/d/a')).toBe('old a');
    await machine.write('/branch/try/home/d/new', 'by the window');
    await api.rename('/branch/try/home/d/b', '/branch/try/home/moved');
    await expect(api.rename('/branch/try/home/moved', '/home/moved')).rejects.toMatchObject({ code: 'EXDEV' });
    await expect(api.mkdir('/branch/x')).rejects.toMatchObject({ code: 'EROFS' });
    await api.copy('/branch/try/home/d/big', '/branch/try/home/d/again');
    const outcome = await machine.run('/bin/coreutils', ['cat', '/branch/try/home/d/new', '/branch/try/home/moved'], {});
    expect(outcome.stdout).toBe('by the windowold b');
    expect((await sh('cat /home/d/new /home/d/a; echo more >> /home/d/new; ls /home/d', 'try')).stdout).toBe('by the windowold aa\nagain\nbig\nnew\n');
    expect(await machine.read('/branch/try/home/d/new')).toBe('by the windowmore\n');
    expect(await names('/home/d')).toEqual(['a', 'b', 'big']);
    await machine.dispose();
    machine = await Machine.boot({ disk: machine.disk });
    expect(await machine.read('/branch/try/home/d/new')).toBe('by the windowmore\n');
    expect(await names('/branch/try/home/d')).toEqual(['a', 'again', 'big', 'new']);
    await machine.api.layerDrop('try');
    await expect(machine.read('/branch/try/home/d/new')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await names('/branch')).toEqual([]);
    await settled(() => Promise.resolve(faults().length === 0));
  });

  test('SE9 a session is kept as one', async () => {
    const { overlay } = await sh('echo new > /home/d/a', 'session');
    expect(await machine.api.layerKeep(overlay!, 'kept')).toMatchObject({ name: 'kept', kind: 'branch' });
    await expect(machine.api.layerKeep(overlay!, 'again')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await machine.read('/branch/kept/home/d/a')).toBe('new\n');
    expect(await machine.read('/home/d/a')).toBe('old a');
  });

  test('SE10 hard links are one file in it, also where only one name was read', async () => {
    await machine.api.mkdir('/home/e');
    const [from, to] = ['/home/d/a', '/home/e/linked'];
    await machine.run('/bin/coreutils', ['ln', from, to]);
    await machine.api.historyBranch('now', 'links');
    await sh('echo changed > /home/d/a', 'links');
    await machine.dispose();
    machine = await Machine.boot({ disk: machine.disk });
    expect(await machine.read('/branch/links/home/e/linked')).toBe('changed\n');
    expect((await sh('rm /home/d/a; echo again >> /home/e/linked; cat /home/e/linked', 'links')).stdout).toBe('changed\nagain\n');
    expect(await machine.read(to)).toBe('old a');
  });
});

describe('beside others', () => {
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await Promise.resolve();
  };

  test('SE14 a branch stands on a point that is kept, also if that is being trimmed', async () => {
    const { api } = machine;
    for (let wait = 0; wait < 40; wait += 2) {
      await machine.write('/home/d/a', `now ${wait}`);
      const { seq } = (await api.historyEntries({ limit: 1 })).entries[0]!;
      await machine.write('/home/d/a', `later ${wait}`);
      const trimming = api.historyTrim(seq + 1);
      await turns(wait);
      const made = await api.historyBranch(seq, 'late').then(() => true, () => false);
      await trimming;
      if (made) expect(await machine.read('/branch/late/home/d/b'), `after ${wait}`).toBe('old b');
      expect(await names('/branch')).toEqual(made ? ['late'] : []);
      if (made) await api.layerDrop('late');
    }
  });

  test('SE14 a session that is dropped is not entered any more: nobody writes what is lost', async () => {
    const { api } = machine;
    for (let wait = 0; wait < 60; wait += 3) {
      const { overlay } = await sh('echo one > /home/d/a', 'session');
      const dropping = api.layerDrop(overlay!).then(() => true, () => false);
      await turns(wait);
      const entered = await sh('echo two > /home/d/a', overlay).then(() => true, () => false);
      const dropped = await dropping;
      expect((await api.layerList()).some(({ name }) => name === overlay), `after ${wait}`).toBe(!dropped);
      if (entered && !dropped) expect((await sh('cat /home/d/a', overlay)).stdout).toBe('two\n');
      expect(entered && dropped, `after ${wait}`).toBe(false);
      if (!dropped) await api.layerDrop(overlay!);
    }
    await settled(async () => machine.disk.rows.size === 1);
  });

  test('SE15 what is written into a branch while it is merged stays in it', async () => {
    const { api } = machine;
    for (let wait = 0; wait < 1200; wait += 30) {
      await api.historyBranch('now', 'try');
      await machine.write('/branch/try/home/d/a', `new ${wait}`);
      const merging = api.layerMerge('try');
      await turns(wait);
      const wrote = await machine.write(`/branch/try/home/d/late${wait}`, 'late').then(() => true, () => false);
      await merging;
      const kept = (await names('/branch')).includes('try');
      const at = kept ? '/branch/try' : '';
      if (wrote) expect(await machine.read(`${at}/home/d/late${wait}`), `after ${wait}`).toBe('late');
      if (kept) await api.layerDrop('try');
    }
  });

  test('SE2 what the window writes into a branch is stored when it is told so', async () => {
    const { id } = await machine.api.historyBranch('now', 'try');
    await machine.write('/branch/try/home/d/new', 'kept');
    const stored = [...machine.disk.rows.get(id)!.entries.values()].flatMap((names) => [...names.keys()]);
    expect(stored).toContain('new');
  });
});

describe('a merge', () => {
  test('SE12 brings over what was made, changed, moved and removed, as a run that can be undone; the session is gone then', async () => {
    const { overlay } = await sh('cd /home/d; echo new > a; rm b; mv big moved; mkdir -p sub/deep; echo x > sub/deep/f; ln sub/deep/f sub/second; ln -s f sub/deep/link', 'session');
    await machine.write('/home/d/later', 'mine');
    const before = machine.disk.bytes;
    const dry = await machine.api.layerMerge(overlay!, { dryRun: true });
    expect(dry).toMatchObject({ run: 0, conflicts: [] });
    expect(await names('/home/d')).toEqual(['a', 'b', 'big', 'later']);
    const result = await machine.api.layerMerge(overlay!);
    expect(result.conflicts).toEqual([]);
    expect(await names('/home/d')).toEqual(['a', 'later', 'moved', 'sub']);
    expect(await machine.read('/home/d/a')).toBe('new\n');
    expect((await machine.api.stat('/home/d/sub/second')).nlink).toBe(2);
    expect(await machine.api.readlink('/home/d/sub/deep/link')).toBe('f');
    expect((await machine.api.stat('/home/d/moved')).size).toBe(200_000);
    expect(machine.disk.bytes - before).toBeLessThan(20_000);
    await expect(machine.api.layerMerge(overlay!)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await machine.api.historyRuns({ run: result.run }))[0]).toMatchObject({ kind: 'merge', name: `merge of ${overlay}` });
    expect((await machine.api.historyUndo({ run: result.run })).conflicts).toEqual([]);
    expect(await names('/home/d')).toEqual(['a', 'b', 'big', 'later']);
    expect(await machine.read('/home/d/a')).toBe('old a');
    await settled(() => Promise.resolve(faults().length === 0));
  });

  test('SE10 SE12 a change of a file with several names alone counts, is told, and is merged, also after a reload', async () => {
    await machine.api.mkdir('/home/e');
    await machine.run('/bin/coreutils', ['ln', '/home/d/a', '/home/e/linked']);
    for (const reload of [false, true]) {
      const { overlay } = await sh(`echo new ${reload} > /home/d/a`, 'session');
      expect(overlay).toBeDefined();
      if (reload) {
        await machine.dispose();
        machine = await Machine.boot({ disk: machine.disk });
        // One look, and nobody is in it any more.
        expect((await sh('cat /home/e/linked', overlay)).stdout).toBe('new true\n');
        await machine.api.sync();
      }
      expect((await machine.api.layerDiff(overlay!)).changes.map(({ path }) => path)).toContain('/home/d/a');
      expect((await machine.api.layerMerge(overlay!)).conflicts).toEqual([]);
      for (const path of ['/home/d/a', '/home/e/linked']) expect(await machine.read(path)).toBe(`new ${reload}\n`);
    }
  });

  test('SE12 names conflicts and leaves what is there; the session stays until they are decided', async () => {
    const { overlay } = await sh('cd /home/d; echo theirs > a; echo more >> b; rm big', 'session');
    await machine.write('/home/d/a', 'mine');
    await machine.write('/home/d/big', 'smaller');
    const result = await machine.api.layerMerge(overlay!);
    expect(result.conflicts.map(({ path }) => path).sort()).toEqual(['/home/d/a', '/home/d/big']);
    expect(await machine.read('/home/d/a')).toBe('mine');
    expect(await machine.read('/home/d/big')).toBe('smaller');
    expect(await machine.read('/home/d/b')).toBe('old bmore\n');
    expect((await machine.api.layerList()).map(({ name }) => name)).toContain(overlay);
    await machine.api.layerMerge(overlay!, { onConflict: 'theirs' });
    expect(await machine.read('/home/d/a')).toBe('theirs\n');
    expect(await names('/home/d')).toEqual(['a', 'b']);
  });

  test('SE12 a branch after a reload; not while a program runs in it', async () => {
    await machine.api.historyBranch('now', 'try');
    await sh('echo new > /home/d/a; mkdir /home/d/sub; mv /home/d/b /home/d/sub/b', 'try');
    await machine.write('/home/d/c', 'mine');
    await machine.dispose();
    machine = await Machine.boot({ disk: machine.disk });
    const { pid } = await machine.api.spawn({ module: '/bin/sh', args: ['-c', 'read line'], overlay: 'try', stdin: 'stream' });
    await expect(machine.api.layerMerge('try')).rejects.toMatchObject({ code: 'EBUSY' });
    await machine.api.kill(pid, 'KILL');
    await machine.api.wait(pid);
    expect((await machine.api.layerMerge('try')).conflicts).toEqual([]);
    expect(await names('/home/d')).toEqual(['a', 'big', 'c', 'sub']);
    expect(await machine.read('/home/d/sub/b')).toBe('old b');
    expect(await names('/branch')).toEqual([]);
  });
});

describe('a run in the past', () => {
  test('SE11 sees the workspace as it was, and can change nothing but its own /tmp', async () => {
    await machine.api.historySnapshot('then');
    await machine.write('/home/d/a', 'later');
    await machine.api.rm('/home/d/b');
    const outcome = await machine.run('/bin/sh', ['-c', 'cd /home/d; cat a b; echo x > /tmp/x && cat /tmp/x; echo bad > a; rm b; mkdir c; ls'], { at: 'then' });
    expect(outcome.stdout).toBe('old aold bx\na\nb\nbig\n');
    expect(outcome.stderr).toMatch(/[Rr]ead-only/);
    expect(outcome).not.toHaveProperty('overlay');
    expect(await machine.read('/home/d/a')).toBe('later');
    expect(await names('/tmp')).toEqual([]);
    await settled(() => Promise.resolve(faults().length === 0));
  });
});
