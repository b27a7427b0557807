import { describe, expect, it } from 'vitest';
import type { ExitStatus, SyscallRequest } from '../../../shared/abi/index.ts';
import { Errno } from '../../../shared/base/index.ts';
import { MemoryWindow } from '../../../shared/arena/index.ts';
import { Rig } from '../../testing/rig.ts';
import { Files } from '../shell/index.ts';
import { sh } from './index.ts';

const encoder = new TextEncoder();
const ENV = ['HOME=/home', 'USER=you'];

interface Session {
  output: string;
  code: number;
  files: Files;
  /** Descriptors that the shell left open. */
  open: number;
  requests: SyscallRequest[];
}

/** Types into a prompt on a terminal of 80 columns until its end, and takes what it printed. */
function session(typed: string, options: { exits?: Partial<ExitStatus>; setup?: (files: Files) => void } = {}): Session {
  const rig = new Rig({
    kernel: (request) => {
      if (request.op === 'tty-size') return { value: { columns: 80, rows: 24 } };
      if (request.op === 'spawn') return request.path === '/bin/broken.wasm' ? { errno: Errno.ENOEXEC } : { value: 12 };
      if (request.op === 'wait') return { value: { pid: 12, state: 'exited', status: { code: 0, signal: null, reason: 'exit', duration: 5, ...options.exits } } };
      return request.op === 'tty-mode' ? {} : undefined;
    },
  });
  const tty = rig.terminal(0);
  const { table, files: descriptions } = rig.vfs.process;
  for (const fd of [1, 2]) {
    descriptions.retain(table.get(0));
    table.set(fd, table.get(0));
  }
  const files = new Files(rig.vfs, '/home');
  for (const path of ['/home', '/bin', '/etc']) files.mkdir(path);
  files.writeText('/bin/tool.wasm', '\0asm', false);
  files.writeText('/bin/broken.wasm', '\0asm', false);
  options.setup?.(files);
  const bytes = encoder.encode(`${typed}\x04`);
  tty.input.tryWrite(new MemoryWindow(rig.arena, bytes.buffer as ArrayBuffer), 0, bytes.length);
  // Whoever reads on regardless is told of an end, so that a fault fails instead of waiting for ever.
  tty.markEnd();
  const code = sh({ vfs: rig.vfs, args: ['sh'], env: ENV, cwd: '/home' });
  const out = new ArrayBuffer(262144);
  const count = tty.output.tryRead(new MemoryWindow(rig.arena, out), 0, out.byteLength);
  return { output: new TextDecoder().decode(new Uint8Array(out, 0, count)), code, files: new Files(rig.vfs, '/home'), open: table.count(), requests: rig.requests };
}

/** What commands printed, without colours: it stands between the end of the line editor's work and its next beginning. */
function printedBy(typed: string, options: Parameters<typeof session>[1] = {}): string {
  return [...session(typed, options).output.matchAll(/\x1b\[\?2004l(.*?)(?=\x1b\[\?47l|$)/gs)]
    .map((match) => match[1]!.replace(/\x1b\[[\d;]*m/g, ''))
    .join('').split(/\r?\n/).filter((line) => line !== '').join('\n');
}

describe('the shell with a prompt', () => {
  it('greets, shows where it is, and ends at Ctrl-D', () => {
    const { output, code } = session('', { setup: (files) => files.writeText('/etc/motd', 'Welcome\n', false) });
    expect(output).toContain('Welcome\n');
    expect(output).toContain('\x1b[1;36m~\x1b[0m \x1b[32m$\x1b[0m ');
    expect(code).toBe(0);
  });

  it('draws what came in one piece before it runs it', () => {
    expect(session('echo whole\r').output).toMatch(/echo whole\r\n\x1b\[\?2004lwhole\n/);
  });

  it.each([
    ['echo a "b  c" $USER\r', 'a b  c you'],
    ['cd /bin; pwd; cd ..; pwd; cd - > x; cd; pwd\r', '/bin\n/\n/home'],
    ['echo one > a; echo two >> a; while read x; do echo $x; done < a\r', 'one\ntwo'],
    ['echo x > "my file"; echo *; read y < "my file"; echo $y\r', 'my file\nx'],
    ['f() { echo "<$1>"; }; f a; x=$(f b); echo $x; for i in 1 2; do f $i; done\r', '<a>\n<b>\n<1>\n<2>'],
    ['false || echo no; true && echo yes; false && echo never\r', 'no\nyes'],
    ['A=1; export B=2; echo $A$B; env\r', '12\nHOME=/home\nUSER=you\nPWD=/home\nB=2'],
    ['nothing\r', 'sh: nothing: not found'],
    ['cd none || echo $?\r', "sh: cd: can't cd to none\n2"],
    ["echo 'a\rb'\r", 'a\nb'],
    ['echo abX\x7fc\x01\x1b[C\r', 'abc'],
    ['echo gone\x03echo kept\r', 'kept'],
    ['echo 1\recho 2\r\x1b[A\x1b[A\r', '1\n2\n1'],
    ['exit 3\recho never\r', ''],
  ])('%j', (typed, expected) => {
    expect(printedBy(typed)).toBe(expected);
  });

  it('completes commands and paths', () => {
    const setup = (files: Files): void => {
      files.mkdir('/home/directory');
      files.writeText('/home/directory/my file', 'inside\n', false);
    };
    expect(printedBy('read x < di\tm\t; echo $x\r', { setup })).toBe('inside');
    expect(session('too\t\r').requests.find(({ op }) => op === 'spawn')).toMatchObject({ path: '/bin/tool.wasm' });
    expect(printedBy('too\t\r')).toBe('');
    const manifests = (files: Files): void => ['/bin/tool.component.toml', '/bin/Component.toml'].forEach((path) => files.writeText(path, '', false));
    expect(session('too\tx\r', { setup: manifests }).requests.find(({ op }) => op === 'spawn')).toMatchObject({ path: '/bin/tool.wasm', argv: ['tool', 'x'] });
    expect(session('Comp\t\r', { setup: manifests }).output).not.toContain('Component.toml');
    expect(session('echo /bin/\t\t\x15\r').output).toContain('broken.wasm  tool.wasm\r\n');
  });

  it('runs programs with arguments, environment and redirections, and waits', () => {
    const { requests, files } = session('X=1 tool a "b c" > out\r');
    const spawn = requests.find(({ op }) => op === 'spawn');
    expect(spawn).toMatchObject({
      path: '/bin/tool.wasm', argv: ['tool', 'a', 'b c'], cwd: '/home', foreground: true, env: { HOME: '/home', X: '1' },
    });
    expect(spawn).toMatchObject({ fds: [[0, 0], [1, 1], [2, 2]] });
    const order = requests.map((each) => (each.op === 'tty-mode' ? `raw ${each.raw}` : each.op)).filter((op) => /^(?:raw|spawn|wait)/.test(op));
    expect(order).toEqual(['raw true', 'raw false', 'spawn', 'wait', 'raw true']);
    expect(files.readText('/home/out')).toBe('');
  });

  it('says how programs ended, if not well', () => {
    expect(printedBy('tool\r')).toBe('');
    expect(printedBy('tool\r', { exits: { code: 3 } })).toBe('');
    expect(printedBy('tool\r', { exits: { code: 134, reason: 'trap', message: 'unreachable\n  in main' } })).toBe('tool: trap: unreachable\n  in main');
    expect(printedBy('tool\r', { exits: { code: 143, signal: 'TERM', reason: 'killed' } })).toBe('tool: ended by TERM');
    expect(printedBy('broken\r')).toContain('not a runnable WebAssembly module');
  });

  it('keeps its history in the home directory', () => {
    const { files } = session('echo 1\r secret\recho 2\rhistory\r');
    expect(files.readText('/home/.history')).toBe('echo 1\necho 2\nhistory\n');
  });

  it('closes what it opened', () => {
    const { open } = session('echo 1 > a; read x < a; cd none < a; set > b; nothing > d; x=$(echo 1); (exec 3< a); read x > e < none\r');
    // Descriptors 0 to 2, the root and the terminal.
    expect(open).toBe(5);
  });
});
