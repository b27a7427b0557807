import { expect, test } from './fixtures.ts';
import { openWorkspace, workspaceReady } from './support/namespace.ts';

/** In the page: a session is begun, seen to be apart, and kept; a second one is merged, a third one dropped. */
async function first(): Promise<unknown> {
  const { fs, run, layers, history } = globalThis.palimpsest;
  const sh = async (script: string, overlay?: string) => {
    const started = await run({ module: '/bin/sh', args: ['-c', script], stdin: '', ...(overlay === undefined ? {} : { overlay }) });
    const [stdout, exit] = await Promise.all([new Response(started.stdout).text(), started.exited, new Response(started.stderr).text()]);
    return { stdout, overlay: exit.overlay };
  };
  const text = async (path: string) => new TextDecoder().decode(await fs.readFile(path));
  await fs.mkdir('/home/d');
  await fs.writeFile('/home/d/a', 'old');
  await fs.writeFile('/home/d/big', new Uint8Array(3_000_000).fill(7));
  const kept = await sh('cd /home/d; echo kept > a; mv big moved; ls', 'session');
  const merged = await sh('cd /home/d; echo merged >> a; mkdir sub; cat big > sub/copy', 'session');
  const dropped = await sh('rm -r /home/d', 'session');
  const apart = [await text('/home/d/a'), (await fs.readdir('/home/d')).map(({ name }) => name).sort().join()];
  await layers.keep(kept.overlay!, 'kept');
  const { conflicts } = await layers.merge(merged.overlay!);
  await layers.drop(dropped.overlay!);
  await history.branch('now', 'later');
  await fs.copy('/home/d/big', '/home/d/again');
  await fs.writeFile('/branch/later/home/d/a', 'in the branch');
  return { kept: kept.stdout, apart, conflicts, after: [await text('/home/d/a'), (await fs.readdir('/home/d/sub')).map(({ size }) => size)] };
}

/** In the page, after a reload. A directory that nobody has read yet has size 0. */
async function second(): Promise<unknown> {
  const { fs, run, layers } = globalThis.palimpsest;
  const text = async (path: string) => new TextDecoder().decode(await fs.readFile(path));
  const sizes = async (path: string) => (await fs.readdir(path)).map(({ name, size }) => `${name} ${size}`).sort();
  const inside = await run({ module: '/bin/sh', args: ['-c', 'cat /home/d/a; cat /home/d/moved | wc -c'], stdin: '', overlay: 'kept' });
  const output = await new Response(inside.stdout).text();
  await inside.exited;
  return {
    beside: (await layers.list()).filter(({ kind }) => kind === 'session' || kind === 'branch').map(({ name }) => name).sort(),
    output: output.trim().split(/\s+/), kept: await sizes('/branch/kept/home/d'), branch: await text('/branch/later/home/d/a'), workspace: [await text('/home/d/a'), await sizes('/home/d')],
  };
}

test('sessions are apart, and kept, merged or dropped; branches are there after a reload', async ({ page }) => {
  await openWorkspace(page);
  expect(await page.evaluate(first)).toEqual({
    kept: 'a\nmoved\n', apart: ['old', 'a,big'], conflicts: [], after: ['oldmerged\n', [3_000_000]],
  });
  await page.reload();
  await workspaceReady(page);
  expect(await page.evaluate(second)).toEqual({
    beside: ['kept', 'later'], output: ['kept', '3000000'], kept: ['a 5', 'moved 3000000'], branch: 'in the branch',
    workspace: ['oldmerged\n', ['a 10', 'again 3000000', 'big 3000000', 'sub 0']],
  });
});
