import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine, type Outcome } from '../../../../testing/machine.ts';

describe('the processes of a script', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.api.mkdir('/tmp/p');
  });
  afterAll(() => machine.dispose());

  const sh = (script: string, stdin = ''): Promise<Outcome> => machine.run('/bin/sh', ['-c', script], { name: 'sh', cwd: '/tmp/p', stdin, env: { PATH: '/bin', HOME: '/home' } });

  /** Runs a script; its output, and the names of the processes that it started, in order. */
  async function started(script: string): Promise<{ stdout: string; names: string[] }> {
    const before = new Set((await machine.api.processes()).map(({ pid }) => pid));
    const { stdout } = await sh(script);
    const all = (await machine.api.processes()).filter(({ pid }) => !before.has(pid)).toSorted((a, b) => a.pid - b.pid);
    return { stdout, names: all.slice(1).map(({ name }) => name) };
  }

  it('PL1: programs are spawned and nothing else', async () => {
    expect(await started('seq 3 | sort -r | head -n 1')).toEqual({ stdout: '3\n', names: ['seq', 'sort', 'head'] });
    expect(await started('cat < /dev/null; x=1 cat < /dev/null')).toEqual({ stdout: '', names: ['cat', 'cat'] });
  });

  it('what is kept as name.wasm is found by that name, along PATH and by path', async () => {
    await machine.api.symlink('/bin/upper', '/tmp/p/loud.wasm');
    const { stdout, stderr, code } = await sh('PATH=/bin:/tmp/p; echo a | loud; echo b | ./loud; alias cat=ls; which loud cat cd; which nothing; echo $?; ./louder');
    expect([stdout, stderr, code]).toEqual(['A\nB\n/tmp/p/loud.wasm\n/bin/cat\ncd\n1\n', 'sh: 1: ./louder: not found\n', 127]);
  });

  it('unbind takes one place, and says so to who gives it the two of bind', async () => {
    expect(await sh('bind /home/data /mnt; ls /mnt; unbind /home/data /mnt; unbind /mnt; ls /mnt')).toMatchObject({ stdout: 'orders.csv\n', stderr: 'sh: 1: unbind: usage: unbind directory\n', code: 0 });
  });

  it('chmod: what gives permissions is done, what takes them fails, as all files have them', async () => {
    const { stdout, stderr, code } = await sh('echo echo ran > s; chmod +x s && ./s; for m in 755 a+rwx go-w u=rwx,go=; do chmod $m s || echo failed; done; chmod -R 644 s; echo $?; chmod u-w nothing; chmod rubbish s');
    expect(stdout).toBe('ran\n1\n');
    expect(stderr).toBe('sh: 1: chmod: s: Operation not supported: all files can be read, written and run\nsh: 1: chmod: nothing: No such file\nsh: 1: chmod: rubbish: Illegal mode\n');
    expect(code).toBe(1);
  });

  it('PL2: what only prints is no process, however much it prints', async () => {
    expect(await started('echo a | cat')).toEqual({ stdout: 'a\n', names: ['cat'] });
    const { stdout, names } = await started('x=$(printf %200000s y); echo "$x$x" | wc -c');
    expect([stdout.trim(), names]).toEqual(['400001', ['wc']]);
  });

  it('PL3: other stages are shells with the state of this one', async () => {
    const script = 'v=1; f() { read a; echo "$a $v $# $$"; }; set -- x y; echo in | { f "$@"; } | cat; echo $$; echo in | f | cat';
    const { stdout, names } = await started(script);
    const [first, own, second] = stdout.trim().split('\n');
    expect([first, second]).toEqual([`in 1 2 ${own}`, `in 1 0 ${own}`]);
    expect(names).toEqual(['sh', 'cat', 'sh', 'cat']);
  });

  it('PL4: the last stage and subshells are in this process, and leave nothing', async () => {
    const script = 'x=1; echo 2 | { read x; cd /; exec 3> /tmp/p/f; trap "echo t" EXIT; echo in $x; }; (x=3; umask 077); echo $x ${PWD##*/}; umask; trap; echo 2>/dev/null >&3 || echo closed';
    expect(await started(script)).toEqual({ stdout: 'in 2\nt\n1 p\n0022\nclosed\n', names: [] });
  });

  it('PL5: whoever prints in a substitution never waits for the shell', async () => {
    // More than a pipe holds, from a program, a built-in, and both at once; also to be read while another program is waited for.
    expect((await sh('x=$(seq 30000); echo ${#x}')).stdout).toBe('168893\n');
    expect((await sh('x=$(seq 30000 & seq 30000; wait); echo ${#x}')).stdout).toBe('337787\n');
    expect((await sh('x=$(seq 30000 2>&1 1>&2 | cat; seq 30000); echo ${#x}')).stdout).toBe('337787\n');
    expect((await sh('x=$(seq 30000 >&2 2>&1) 2>/dev/null; y=$( { seq 30000; } 2>&1 | { read a; cat; } ); echo ${#x} ${#y}')).stdout).toBe('0 168891\n');
    expect((await sh('x=$(for i in 1 2 3; do seq 9000; echo $(seq 9000) | wc -w; done); echo ${#x}')).stdout).toMatch(/^\d{6}\n$/);
  });

  it('PL6: descriptors 3 to 9 reach shells; what the shell keeps does not', async () => {
    expect((await sh("exec 3> f; sh -c 'echo three >&3'; cat f; sh -c 'ls /proc/$$/fd' | head -n 4 | xargs")).stdout).toBe('three\n0 1 2 3\n');
    expect((await sh("sh -c 'for fd in 3 4 5 6 7 8 9; do (: >&$fd) 2>/dev/null && echo open $fd; done'; echo end")).stdout).toBe('end\n');
  });

  it('PL7: what a file is decides how it runs', async () => {
    await machine.write('/tmp/p/script', 'echo "plain $1"\nexit 4\n');
    await machine.write('/tmp/p/binary', Uint8Array.of(1, 2, 0, 3));
    await machine.write('/tmp/p/broken.wasm', 'no module');
    const { stdout } = await sh('./script a; echo $?; ./binary 2>/dev/null; echo $?; ./broken.wasm 2>/dev/null; echo $?; ./none 2>/dev/null; echo $?; sh -c "kill -KILL \\$\\$" 2>/dev/null; echo $?; : > empty; ./empty; echo $?');
    expect(stdout).toBe('plain a\n4\n126\n126\n127\n137\n0\n');
  });

  it('JB5: in the background a script reads nothing', async () => {
    expect((await sh('cat & wait; read x; echo $x', 'typed\n')).stdout).toBe('typed\n');
  });

  it('SH2: a script on standard input shares it with what it runs', async () => {
    const { stdout } = await machine.run('/bin/sh', [], { name: 'sh', cwd: '/tmp/p', env: { PATH: '/bin' }, stdin: 'read x\ndata\necho "got $x"\nhead -n 1\nmore data\necho end\n' });
    expect(stdout).toMatch(/^got data\nmore data\n/);
  });
});
