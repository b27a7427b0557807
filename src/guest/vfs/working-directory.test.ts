import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const READ = 2n;
const WRITE = 64n;

/** A process in `/home/me`, with the same names in it and in the root where a rule is about that; contents are paths. */
class Home {
  readonly rig = new Rig();
  readonly cwd: number;

  constructor(...args: string[]) {
    const { rig } = this;
    for (const name of ['home', 'home/me', 'etc', 'bin', 'home/me/bin', 'home/me/own', 'both', 'home/me/both']) {
      expect(rig.calls.path_create_directory(3, ...rig.path(name))).toBe(0);
    }
    for (const name of ['etc/motd', 'bin/tool', 'both/x', 'home/me/both/x', 'home/me/bin/mine', 'home/me/notes.txt', 'notes.txt', 'readme']) {
      const fd = rig.open(name, CREATE);
      rig.write(fd, `/${name}`);
      rig.calls.fd_close(fd);
    }
    const { tree } = rig.vfs.process;
    this.cwd = rig.preopen(tree.walk(rig.root, 0, new TextEncoder().encode('home/me'), 0, 7, true), '.');
    rig.vfs.names.tell(args, ['PWD=/home/me']);
  }

  /** As wasi-libc sends it: without leading slashes and `./`, at `.`. */
  #sent(path: string): string {
    return path.replace(/^(\/|\.\/)+/, '') || '.';
  }

  read(path: string): string | number {
    const fd = this.rig.open(this.#sent(path), 0, READ, 0, 1, this.cwd);
    return fd < 0 ? fd : this.rig.read(fd);
  }

  list(path: string): string[] {
    return this.rig.names(this.rig.open(this.#sent(path), 2, READ, 0, 1, this.cwd)).filter((name) => !name.startsWith('.')).toSorted();
  }

  create(path: string): number {
    return this.rig.open(this.#sent(path), CREATE, WRITE, 0, 1, this.cwd);
  }

  unlink(path: string): number {
    return this.rig.calls.path_unlink_file(this.cwd, ...this.rig.path(this.#sent(path)));
  }
}

const IN_HOME = ['bin', 'both', 'notes.txt', 'own'];
const IN_ROOT = ['bin', 'both', 'etc', 'home', 'notes.txt', 'readme'];

describe('the working directory', () => {
  it('WD2 names in the arguments say which of two is meant', () => {
    expect(new Home('notes.txt').read('notes.txt')).toBe('/home/me/notes.txt');
    expect(new Home('/notes.txt').read('/notes.txt')).toBe('/notes.txt');
    expect(new Home('--in=/both/x').read('/both/x')).toBe('/both/x');
    expect(new Home('-I/both').read('/both/x')).toBe('/both/x');
    expect(new Home('-I/both', 'both/x').read('both/x')).toBe('/home/me/both/x');
    expect(new Home('/both', 'bin').read('/both/x')).toBe('/both/x');
    expect(new Home('/home/me/notes.txt').read('/home/me/notes.txt')).toBe('/home/me/notes.txt');
    expect(new Home().read('/home/me/notes.txt')).toBe('/home/me/notes.txt');
    expect(new Home('/bo').read('both/x')).toBe('/home/me/both/x');
  });

  it('WD2 a name that is not there is made where the arguments say, a lone one too', () => {
    const home = new Home('/fresh', '/both/new');
    expect(home.create('/fresh')).toBeGreaterThan(3);
    expect(home.create('/both/new')).toBeGreaterThan(3);
    expect([home.rig.stat('fresh').errno, home.rig.stat('both/new').errno]).toEqual([0, 0]);
    expect(home.unlink('/fresh')).toBe(0);
    expect(home.rig.stat('fresh').errno).toBe(Errno.ENOENT);
  });

  it('WD3 `/` and `.` are told apart', () => {
    expect(new Home('/').list('/')).toEqual(IN_ROOT);
    expect(new Home('.').list('.')).toEqual(IN_HOME);
    expect(new Home().list('.')).toEqual(IN_HOME);
    expect(new Home('-l').list('./')).toEqual(IN_HOME);
    expect(new Home('/', '.').list('.')).toEqual(IN_HOME);
    const root = new Home('-la', '/');
    expect([root.read('/notes.txt'), root.read('/etc/motd')]).toEqual(['/notes.txt', '/etc/motd']);
    expect(root.list('own')).toEqual([]);
  });

  it('WD4 without a word: what is there, the working directory first', () => {
    const home = new Home();
    expect(home.read('notes.txt')).toBe('/home/me/notes.txt');
    expect(home.read('/etc/motd')).toBe('/etc/motd');
    expect(home.read('/readme')).toBe('/readme');
    expect(home.read('bin/mine')).toBe('/home/me/bin/mine');
    expect(home.read('/bin/tool')).toBe('/bin/tool');
    expect(home.read('both/x')).toBe('/home/me/both/x');
    expect(home.read('none')).toBe(-Errno.ENOENT);
    expect(home.rig.calls.path_filestat_get(home.cwd, 1, ...home.rig.path('etc/motd'), at.OUT)).toBe(0);
  });

  it('WD5 names are made and removed where they are, or where their directory is', () => {
    const home = new Home();
    const { rig, cwd } = home;
    expect(home.create('/etc/new')).toBeGreaterThan(3);
    expect(home.create('bin/new')).toBeGreaterThan(3);
    expect(home.create('own/deep/new')).toBe(-Errno.ENOENT);
    expect(home.create('fresh')).toBeGreaterThan(3);
    expect(home.create('/bin/tool')).toBeGreaterThan(3);
    expect(['etc/new', 'home/me/bin/new', 'home/me/fresh'].map((name) => rig.stat(name).errno)).toEqual([0, 0, 0]);
    expect(['bin/new', 'fresh', 'home/me/bin/tool'].map((name) => rig.stat(name).errno)).toEqual([44, 44, 44]);
    expect(rig.calls.path_rename(cwd, ...rig.path2('etc/new'), cwd, ...rig.path('newer'))).toBe(0);
    expect(rig.stat('home/me/newer').errno).toBe(0);
    expect(home.unlink('readme')).toBe(Errno.ENOENT);
    expect(home.unlink('/etc/motd')).toBe(0);
    expect(home.unlink('both/x')).toBe(0);
    expect([rig.stat('both/x').errno, rig.stat('home/me/both/x').errno]).toEqual([0, Errno.ENOENT]);
    expect(rig.calls.path_remove_directory(cwd, ...rig.path('etc'))).toBe(Errno.ENOENT);
  });

  it('WD6 a directory that is opened where `.` was is no `.`, in whose place the root is looked at', () => {
    const home = new Home();
    const { rig } = home;
    expect(home.read('readme')).toBe('/readme');
    rig.calls.fd_close(home.cwd);
    expect(rig.open('home', 2, READ)).toBe(home.cwd);
    expect(home.read('readme')).toBe(-Errno.ENOENT);
  });

  it('WD1 WD6 what is asked for at `/` is absolute; without a `.` nothing is guessed', () => {
    const home = new Home('notes.txt');
    expect(home.rig.read(home.rig.open('notes.txt'))).toBe('/notes.txt');
    expect(home.rig.open('bin/mine')).toBe(-Errno.ENOENT);
    const { fds } = home.rig.vfs;
    const dir = home.rig.open('.', 2, READ, 0, 1, home.cwd);
    expect(fds.renumber(dir, home.cwd)).toBe(0);
    expect(home.rig.open('etc/motd', 0, READ, 0, 1, home.cwd)).toBe(-Errno.ENOENT);
  });
});
