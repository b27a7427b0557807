import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine, type Outcome } from '../../../../testing/machine.ts';

describe('bad input to the shell', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  const sh = (script: string, stdin = ''): Promise<Outcome> => machine.run('/bin/sh', ['-c', script], { name: 'sh', cwd: '/tmp', stdin, env: { PATH: '/bin', HOME: '/home' } });
  const running = async (): Promise<number> => (await machine.api.processes()).filter(({ exit }) => !exit).length;

  it.each(['f() { f; }; f; echo no', 'f() { x=$(f); }; f', 'f() { eval f; }; f', 'echo ". ./s" > s; . ./s'])('BD1: %s ends with an error', async (script) => {
    expect(await sh(script)).toMatchObject({ code: 2, reason: 'exit', stdout: '', stderr: expect.stringMatching(/recursion depth|inside one another/) });
  });

  it('BD1: a subshell that recurses ends alone', async () => {
    expect(await sh('f() { f; }; (f) 2>/dev/null; echo $?')).toMatchObject({ code: 0, stdout: '2\n' });
  });

  it('BD1: deep text is refused', async () => {
    const { code, stderr } = await sh(`echo ${'$('.repeat(3000)}`);
    expect([code, stderr]).toEqual([2, 'sh: 1: Syntax error: commands are nested too deeply\n']);
  });

  it('BD2: a substitution that does not end is ended', async () => {
    expect(await sh('x=$(yes); echo no')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('more output than fits') });
    expect(await sh('x=$(yes | cat) ; echo no')).toMatchObject({ code: 2, stdout: '' });
    expect(await running()).toBe(0);
  });

  it('BD3: texts that grow without end', async () => {
    expect(await sh('x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done')).toMatchObject({ code: 2, reason: 'exit', stderr: expect.stringContaining('out of memory') });
  });

  it('BD3: a fork bomb meets the limit, with a message; closing the terminal ends it', async () => {
    const terminal = await machine.terminal();
    await terminal.until('$\x1b[0m ');
    terminal.type('ulimit -p 12; b() { b | b & }; b\r');
    await terminal.until('Cannot fork');
    expect((await sh('echo "others live"')).stdout).toBe('others live\n');
    await terminal.close();
    await expect.poll(running, { timeout: 30_000 }).toBe(0);
  });

  it('an argument list that is too long is no program', async () => {
    expect(await sh('x=$(printf %1000000s x); cat "$x" "$x" "$x"')).toMatchObject({ code: 126, stderr: expect.stringMatching(/Argument list too long/) });
  });

  it('many names', async () => {
    expect(await sh('mkdir many; cd many; i=0; while [ $i -lt 1500 ]; do : > n$i; i=$((i+1)); done; set -- n*; echo $#; echo n1??')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1500\nn100 n101 /) });
  });

  it('bytes that are no text (seed 11)', async () => {
    let seed = 11;
    const random = (): number => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) & 0xff;
    for (let round = 0; round < 5; round++) {
      await machine.write('/tmp/noise', Uint8Array.from({ length: 2000 }, random));
      const { reason, code } = await sh('sh ./noise');
      expect([reason, code === 134]).toEqual(['exit', false]);
    }
  });

  it('SH4: bytes that are no UTF-8 come through as they are', async () => {
    await machine.write('/tmp/bytes', Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0xac, 0x0a));
    const { stdout } = await sh('x=$(cat bytes); read y < bytes; echo "$x" > a; echo "$y" > b; cmp() { [ "$(od -An -tx1 < $1)" = "$(od -An -tx1 < bytes)" ] && echo same; }; cmp a; cmp b; echo ${#x}');
    expect(stdout).toBe('same\nsame\n5\n');
  });

  it('a state that is none', async () => {
    expect(await sh('sh --state-fd 9; sh --state-fd x; for state in "{}x" "{}" 5 null "[]"; do echo "$state" | sh --state-fd 0; echo $?; done')).toMatchObject({ code: 0, stdout: '2\n'.repeat(5), stderr: expect.stringMatching(/^(?:sh: 0: there is no state.*\n){7}$/) });
  });

  it('closed descriptors', async () => {
    expect(await sh('exec 0<&- 1>&- 2>&-; echo a; cat; (echo b) | cat; x=$(echo c); exit 7')).toMatchObject({ code: 7, reason: 'exit', stdout: '' });
  });

  it('leaves no process and no descriptor behind', async () => {
    const { stdout } = await sh('for i in 1 2 3 4 5; do echo a | cat | cat > /dev/null; x=$(echo b | cat); (exec 3> f; echo c >&3); cat <<E > /dev/null\nd\nE\ndone; ls /proc/$$/fd | wc -l; (:); ls /proc/$$/fd | wc -l');
    const [before, after] = stdout.trim().split('\n');
    expect(after).toBe(before);
    expect(await running()).toBe(0);
  });
});
