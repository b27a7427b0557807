import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../src/testing/machine.ts';

const bin = join(import.meta.dirname, 'bin');

function load(language: string): Uint8Array<ArrayBuffer> {
  const plain = join(bin, `${language}.wasm`);
  return new Uint8Array(existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`)));
}

/** Names that both directories have; a file says where it is. */
const FILES = ['/etc/motd', '/notes.txt', '/both/x', '/home/me/notes.txt', '/home/me/both/x', '/home/me/bin/mine'];

describe.each(['c', 'rust', 'go'])('the working directory of a program in %s', (language) => {
  let machine: Machine;
  const module = load(language);

  beforeAll(async () => {
    machine = await Machine.boot();
    for (const folder of ['/both', '/home/me', '/home/me/both', '/home/me/bin']) await machine.api.mkdir(folder);
    for (const path of FILES) await machine.write(path, path);
  });
  afterAll(() => machine.dispose());

  /** Lines of `NAME: what is there`. */
  async function paths(...args: string[]): Promise<string[]> {
    const { stdout, stderr, code, message } = await machine.run(module, args, { name: 'paths', cwd: '/home/me' });
    expect({ stderr, code, message }).toEqual({ stderr: '', code: 0, message: undefined });
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('WD2 names in its arguments', async () => {
    expect(await paths('read', 'notes.txt')).toEqual(['notes.txt: /home/me/notes.txt']);
    expect(await paths('read', '/notes.txt')).toEqual(['/notes.txt: /notes.txt']);
    expect(await paths('read', '/etc/motd', '/home/me/notes.txt', './both/x')).toEqual(['/etc/motd: /etc/motd', '/home/me/notes.txt: /home/me/notes.txt', './both/x: /home/me/both/x']);
    expect(await paths('read', '/both/x', 'bin/mine')).toEqual(['/both/x: /both/x', 'bin/mine: /home/me/bin/mine']);
  });

  it('WD3 `/`, `.` and the directory by its whole name', async () => {
    expect(await paths('list', '.')).toEqual(['.: bin both notes.txt']);
    expect(await paths('list', '/home/me')).toEqual(['/home/me: bin both notes.txt']);
    const [root] = await paths('list', '/');
    expect(root).toContain(' both ');
    expect(root).toContain(' etc ');
    expect(root).not.toContain(' me');
    expect(await paths('list', 'both')).toEqual(['both: x']);
  });

  it('WD4 names in its code', async () => {
    expect(await paths()).toEqual([
      'notes.txt: /home/me/notes.txt', '/etc/motd: /etc/motd', '/home/me/notes.txt: /home/me/notes.txt', './notes.txt: /home/me/notes.txt',
      '../me/notes.txt: /home/me/notes.txt', '.: bin both notes.txt', '/home/me: bin both notes.txt',
    ]);
  });

  it('WD5 files that it makes', async () => {
    const made = [`${language}-1`, `/tmp/${language}-2`, `both/${language}-3`, `/both/${language}-4`, `/${language}-5`];
    expect(await paths('put', ...made)).toEqual([]);
    for (const path of [`/home/me/${language}-1`, `/tmp/${language}-2`, `/home/me/both/${language}-3`, `/both/${language}-4`, `/${language}-5`]) {
      expect(await machine.read(path), path).toBe('made');
    }
  });
});
