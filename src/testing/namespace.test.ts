import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';

describe('a namespace of its own, with real processes', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.api.mkdir('/home/data/deep', { recursive: true });
    await machine.api.mkdir('/home/place');
    await machine.write('/home/data/a.txt', 'bound\n');
    await machine.write('/home/data/deep/b.txt', 'deep\n');
  });
  afterAll(() => machine.dispose());
  const namespace = { '/home/place': '/home/data' };

  it('BN1 a program reads and writes through a bind, and others do not see it', async () => {
    expect((await machine.run('/bin/upper', ['/home/place/a.txt'], { namespace })).stdout).toBe('BOUND\n');
    expect(await machine.run('/bin/filetool', ['write', '/home/place/new.txt', 'hello'], { namespace })).toMatchObject({ code: 0 });
    expect(await machine.read('/home/data/new.txt')).toContain('hello');
    expect((await machine.run('/bin/upper', ['/home/place/a.txt'])).code).not.toBe(0);
  });

  it('BN4 `..` in a bind leads to where it is bound', async () => {
    expect((await machine.run('/bin/upper', ['/home/place/deep/../../data/a.txt'], { namespace })).stdout).toBe('BOUND\n');
    expect((await machine.run('/bin/upper', ['../data/deep/b.txt'], { namespace, cwd: '/home/place' })).stdout).toBe('DEEP\n');
  });

  it('BN6 a service is bound like a directory', async () => {
    const status = await machine.run('/bin/upper', ['/home/place/self/cmdline'], { namespace: { '/home/place': '/proc' } });
    expect(status.stdout).toBe('UPPER\0/HOME/PLACE/SELF/CMDLINE\0');
  });

  it('BN1 /proc tells of it', async () => {
    const { pid } = await machine.api.spawn({ module: '/bin/sleep', args: ['60'], namespace });
    expect(await machine.read(`/proc/${pid}/ns`)).toContain('bind /home/data /home/place\n');
    await machine.api.kill(pid, 'KILL');
  });

  it('BN8 what cannot be bound is refused, and nothing is started', async () => {
    const before = (await machine.api.processes()).length;
    for (const binds of [{ '/nowhere': '/home' }, { '/home/place': '/nowhere' }, { place: '/home' }, { '/': '/home' }, { '/home/data/a.txt': '/home' }]) {
      await expect(machine.run('/bin/upper', [], { namespace: binds as Record<string, string> })).rejects.toThrow(/ENOENT|EINVAL|EBUSY|ENOTDIR/);
    }
    expect((await machine.api.processes()).length).toBe(before);
  });
});
