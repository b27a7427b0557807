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

describe('a session', () => {
  test('SE1 what a program and its children write stays in it; the workspace is as it was', async () => {
    const outcome = await sh('cd /home/d; echo new > a; rm b; mv big moved; mkdir -p sub/deep; echo x > sub/deep/f; (cat a; ls) | cat; /bin/sh -c "echo child >> a"; cat a', 'session');
    expect(outcome.stderr).toBe('');
    expect(outcome.stdout).toBe('new\na\nmoved\nsub\nnew\nchild\n');
    expect(outcome.overlay).toMatch(/^session-\d+$/);
    expect(outcome.changes?.written).toContain('/home/d/moved');
    expect(await machine.read('/home/d/a')).toBe('old a');
    expect(await names('/home/d')).toEqual(['a', 'b', 'big']);
    // Another look into the same session: all of it is there.
    const again = await sh('cd /home/d; cat a; ls; cat sub/deep/f; cat moved | wc -c', outcome.overlay);
    expect(again.stdout.trim().split(/\s+/)).toEqual(['new', 'child', 'a', 'moved', 'sub', 'x', '200000']);
    expect(faults()).toEqual([]);
  });
});
