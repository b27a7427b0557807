import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine, type Outcome } from './machine.ts';

describe('limits and binds, from the shell', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.api.mkdir('/home/stuff');
    await machine.api.mkdir('/home/place');
    await machine.write('/home/stuff/a.txt', 'bound\n');
  });
  afterAll(() => machine.dispose());
  const sh = (script: string): Promise<Outcome> => machine.run('/bin/sh', ['-c', script], { env: { PATH: '/bin', HOME: '/home' }, cwd: '/home' });

  it('BN1 bind: what the shell binds its commands see, rename in it, and nobody else', async () => {
    const { stdout, stderr } = await sh('bind stuff place; upper place/a.txt; filetool rename place/a.txt place/b.txt && upper stuff/b.txt; sh -c "unbind place; upper place/b.txt"; upper place/b.txt; unbind place; upper place/b.txt');
    expect(stdout).toBe('BOUND\nBOUND\nBOUND\n');
    expect(stderr.match(/place\/b\.txt/g)).toHaveLength(2);
    expect(await machine.api.readdir('/home/place')).toEqual([]);
  });

  it('LM4 ulimit -t: what computes too long is ended, and the shell says why', async () => {
    const { stdout, stderr } = await sh('(ulimit -t 1; spin); echo $?');
    expect(stdout).toMatch(/^152$/m);
    expect(stderr).toMatch(/stopped: used 1\.0 s of CPU time, its limit/);
  });

  it('PF3 PF4 the shell ends and limits its children by writing to their ctl', async () => {
    const { stdout, stderr } = await sh('sleep 60 & echo kill > /proc/$!/ctl; wait $!; echo $?; sleep 60 & echo limit wall 50 > /proc/$!/ctl; wait $!; echo $?');
    expect([stdout, stderr]).toEqual(['137\n137\n', expect.stringContaining('stopped: ran for 50 ms, its limit')]);
  });

  it('LM1 LM7 ulimit -n and -u hold for what is started, and are not raised by a child', async () => {
    expect((await sh('ulimit -n 30; ulimit -n; sh -c "ulimit -n"')).stdout).toBe('30\n30\n');
    const { stderr } = await sh('ulimit -u 2; sh -c "sleep 1 & sleep 1 & wait"');
    expect(stderr).toMatch(/Cannot fork/);
  });

  it('LM1 a shell that is limited does not free itself: not by ulimit, nor by ctl, nor through a child', async () => {
    const tries = 'ulimit -f unlimited; echo limit output none > /proc/$$/ctl; sh -c "echo limit output none > /proc/$$/ctl"; yes';
    const status = await machine.run('/bin/sh', ['-c', tries], { limits: { output: 2000 } });
    expect(status.stdout.length + status.stderr.length).toBeLessThanOrEqual(4000);
    expect(status.stderr).toMatch(/^(.*Permission denied.*\n){3}stopped: wrote 2 KiB/);
    expect((await sh('ulimit -t 5; ulimit -t 9 || ulimit -n 20; ulimit -t; ulimit -n')).stdout).toBe('5\n20\n');
  }, 20_000);
});
