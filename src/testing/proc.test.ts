import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveBytes, sendBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

describe('/proc, with real processes', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  const sleeper = async (limits = {}): Promise<number> => (await machine.api.spawn({ module: '/bin/sleep', args: ['60'], env: { NAME: 'me' }, cwd: '/tmp', limits, stdin: new Uint8Array() })).pid;
  const proc = (pid: number, file: string): Promise<string> => machine.read(`/proc/${pid}/${file}`);

  it('PF1 a process is a directory of files that tell the truth about it', async () => {
    const pid = await sleeper({ cpu: 5000 });
    await expect.poll(() => proc(pid, 'status')).toMatch(/State:\twaiting/);
    expect((await machine.api.readdir(`/proc/${pid}`)).map(({ name }) => name).sort()).toEqual(['cmdline', 'ctl', 'cwd', 'environ', 'fd', 'limits', 'mounts', 'ns', 'status', 'trace']);
    expect(await proc(pid, 'cmdline')).toBe('sleep\x0060\0');
    expect(await proc(pid, 'environ')).toContain('NAME=me\0');
    expect(await machine.api.readlink(`/proc/${pid}/cwd`)).toBe('/tmp');
    expect(await proc(pid, 'limits')).toMatch(/^Max cpu time +5000 +5000 +ms/m);
    expect(await proc(pid, 'ns')).toBe('mount tree /\nmount tmp /tmp\nmount dev /dev\nmount tcp /dev/tcp\nmount proc /proc\nmount bus /bus\nmount logs /logs\nmount history /history\nmount branch /branch\ncd /tmp\n');
    expect(await proc(pid, 'mounts')).toContain('dev /dev dev rw 0 0\n');
    const links = await machine.api.readdir(`/proc/${pid}/fd`);
    expect(links.every(({ kind }) => kind === 'symlink')).toBe(true);
    const targets = await Promise.all(links.map(({ name }) => machine.api.readlink(`/proc/${pid}/fd/${name}`)));
    expect(targets.slice(0, 5)).toEqual([expect.stringMatching(/^pipe:/), expect.stringMatching(/^pipe:/), expect.stringMatching(/^pipe:/), '/', '/tmp']);
    await machine.api.kill(pid, 'KILL');
    await expect(machine.api.stat(`/proc/${pid}`)).rejects.toThrow(/ENOENT/);
  });

  it('PF1 the window has the same in one answer, and the bytes that went through', async () => {
    const pid = await sleeper({ files: 99 });
    const { descriptors, mounts, environment, limits } = await machine.api.processDetails(pid);
    expect(descriptors.map(({ target }) => target).slice(3)).toEqual(['/', '/tmp']);
    expect(mounts).toContainEqual({ path: '/dev', service: 'dev', flags: 'rw' });
    expect(environment).toContain('NAME=me');
    expect(limits).toMatchObject({ files: 99, cpu: null });
    await machine.api.kill(pid, 'KILL');
    await machine.api.wait(pid);
    await expect(machine.api.processDetails(pid)).rejects.toThrow(/ESRCH/);
    await expect(machine.api.processDetails('1' as unknown as number)).rejects.toThrow(/ESRCH/);
    const { pid: copier, stdin, stdout } = await machine.api.spawn({ module: '/bin/upper', stdin: 'stream' });
    const written = new Promise<Uint8Array>((resolve) => void (async () => {
      for await (const bytes of receiveBytes(stdout!)) return resolve(bytes);
    })());
    const input = sendBytes(stdin!).getWriter();
    await input.write(new TextEncoder().encode('twelve bytes\n'));
    await written;
    const moved = async () => (await machine.api.processes()).find((each) => each.pid === copier);
    expect(await moved()).toMatchObject({ read: 13, written: 13 });
    await machine.api.kill(copier, 'KILL');
  });

  it('PF2 self is the process that asks', async () => {
    expect((await machine.run('/bin/upper', ['/proc/self/cmdline'])).stdout).toBe('UPPER\0/PROC/SELF/CMDLINE\0');
    await expect(machine.api.stat('/proc/self')).rejects.toThrow(/ENOENT/);
    // Who goes there can start others there.
    const { stdout, stderr } = await machine.run('/bin/sh', ['-c', 'cd /proc/self/fd && hello-c'], { env: { PATH: '/bin' } });
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^Hello/), '']);
  });

  it('PF3 ctl: the user ends a process by writing to a file, and lowers or raises its limits', async () => {
    const pid = await sleeper();
    await machine.write(`/proc/${pid}/ctl`, 'limit files 100\nlimit output 10\n');
    expect(await proc(pid, 'limits')).toMatch(/^Max output +10 /m);
    await machine.write(`/proc/${pid}/ctl`, 'limit output none\n');
    expect(await proc(pid, 'limits')).toMatch(/^Max output +unlimited/m);
    await expect(machine.write(`/proc/${pid}/ctl`, 'kil\n')).rejects.toThrow(/EINVAL/);
    await machine.write(`/proc/${pid}/ctl`, 'kill\n');
    expect(await machine.api.wait(pid)).toMatchObject({ signal: 'KILL', reason: 'killed' });
  });

  it('PF3 ctl: stop and start', async () => {
    const { pid } = await machine.api.spawn({ module: '/bin/sleep', args: ['60'] });
    await expect.poll(() => proc(pid, 'status')).toMatch(/State:\twaiting/);
    await machine.write(`/proc/${pid}/ctl`, 'stop\n');
    await expect.poll(() => proc(pid, 'status')).toMatch(/State:\tstopped/);
    await machine.write(`/proc/${pid}/ctl`, 'start\n');
    await expect.poll(() => proc(pid, 'status')).not.toMatch(/State:\tstopped/);
    await machine.write(`/proc/${pid}/ctl`, 'hup\n');
    expect(await machine.api.wait(pid)).toMatchObject({ signal: 'HUP' });
  });

  it('PF4 ctl: a program controls itself, and nobody else', async () => {
    const pid = await sleeper();
    const refused = await machine.run('/bin/filetool', ['write', `/proc/${pid}/ctl`, 'kill']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/not permitted/i);
    expect((await machine.api.processes()).find((one) => one.pid === pid)!.exit).toBeUndefined();
    expect(await machine.run('/bin/filetool', ['write', '/proc/self/ctl', 'kill'])).toMatchObject({ signal: 'KILL', reason: 'killed' });
    await machine.api.kill(pid, 'KILL');
  });

  it('LM4 a limit that is set while a process runs holds for it', async () => {
    const pid = await sleeper();
    await machine.write(`/proc/${pid}/ctl`, 'limit wall 1\n');
    expect(await machine.api.wait(pid)).toMatchObject({ reason: 'limit', limit: 'wall' });
    const spinning = (await machine.api.spawn({ module: '/bin/spin' })).pid;
    await machine.write(`/proc/${spinning}/ctl`, 'limit cpu 100\n');
    expect(await machine.api.wait(spinning)).toMatchObject({ reason: 'limit', limit: 'cpu' });
  });
});
