import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpawnOptions } from '../shared/abi/index.ts';
import { receiveBytes, sendBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

const encoder = new TextEncoder();

describe('sockets between real workers', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  async function serve(port: number, options: Partial<SpawnOptions> = {}) {
    const { pid, stdout, stderr } = await machine.api.spawn({
      module: '/bin/echo-server', listen: [`127.0.0.1:${port}`], stdin: new Uint8Array(0), ...options,
    });
    const lines = new Response(receiveBytes(stdout!)).text();
    const errors = new Response(receiveBytes(stderr!)).text();
    return { pid, lines, errors, exited: machine.api.wait(pid) };
  }

  async function call(port: number) {
    const reply = await machine.api.connect(port);
    const closed = new Promise<void>((resolve) => {
      reply.closed.onmessage = () => {
        reply.closed.close();
        resolve();
      };
    });
    const writer = sendBytes(reply.writable).getWriter();
    return { readable: receiveBytes(reply.readable), writer, closed };
  }

  const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'no failure', (error: { code: string }) => error.code);

  it('a server of several callers at once answers each, and ends when they have left', async () => {
    const server = await serve(7001, { args: ['--once'] });
    const callers = await Promise.all([1, 2, 3].map(() => call(7001)));
    await Promise.all(callers.map(({ writer }, index) => writer.write(encoder.encode(`caller ${index}`))));
    // The second leaves first.
    const texts: string[] = [];
    for (const index of [1, 2, 0]) {
      await callers[index]!.writer.close();
      texts[index] = await new Response(callers[index]!.readable).text();
      await callers[index]!.closed;
    }
    expect(texts).toEqual(['caller 0', 'caller 1', 'caller 2']);
    expect(await server.exited).toMatchObject({ code: 0, reason: 'exit' });
    expect((await server.lines).split('\n').sort()).toEqual(['', '1 came', '1 left', '2 came', '2 left', '3 came', '3 left', 'ready']);
    expect(await server.errors).toBe('');
  });

  it('eight megabytes there and back, through rings of 64 KiB', async () => {
    const server = await serve(7002, { args: ['--once'] });
    const { readable, writer } = await call(7002);
    const sent = Uint8Array.from({ length: 8 << 20 }, (_, at) => (at * 2654435761) >>> 24);
    const answer = new Response(readable).arrayBuffer();
    await writer.write(sent);
    await writer.close();
    expect(Buffer.compare(Buffer.from(await answer), Buffer.from(sent))).toBe(0);
    await server.exited;
    await Promise.all([server.lines, server.errors]);
  });

  it('a server that is killed leaves its caller the end, and its port to the next', async () => {
    const server = await serve(7003);
    const { readable, writer, closed } = await call(7003);
    const reader = readable.getReader();
    await writer.write(encoder.encode('x'));
    expect((await reader.read()).value).toEqual(encoder.encode('x'));
    expect(await code(machine.api.spawn({ module: '/bin/echo-server', listen: [':7003'] }))).toBe('EADDRINUSE');
    await machine.api.kill(server.pid, 'KILL');
    expect((await reader.read()).done).toBe(true);
    await closed;
    expect(await code(machine.api.connect(7003))).toBe('ECONNREFUSED');
    await Promise.all([server.lines, server.errors]);
    const next = await serve(7003, { args: ['--once'] });
    const again = await call(7003);
    await again.writer.close();
    expect(await new Response(again.readable).text()).toBe('');
    expect(await next.exited).toMatchObject({ code: 0 });
    await Promise.all([next.lines, next.errors]);
  });

  it('without the grant there is no socket, and nobody to call', async () => {
    expect(await machine.run('/bin/echo-server')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('LISTEN_FDS') });
    expect(await machine.run('/bin/echo-server', [], { env: { LISTEN_FDS: '1' } })).toMatchObject({ code: 1, stderr: expect.stringMatching(/Not a socket|Bad file|Is a directory/) });
    expect(await code(machine.api.connect(7004))).toBe('ECONNREFUSED');
  });

  it('a program calls another by opening a file, where it was granted that', async () => {
    const server = await serve(7005, { args: ['--once'] });
    const append = (grants?: SpawnOptions['grants']) => machine.run('/bin/filetool', ['append', '/dev/tcp/127.0.0.1/7005', 'hello'], grants ? { grants } : {});
    expect(await append()).toMatchObject({ code: 1, stderr: expect.stringContaining('Permission denied') });
    expect(await append({ connect: true })).toMatchObject({ code: 0, stderr: '' });
    expect(await machine.run('/bin/filetool', ['append', '/dev/tcp/127.0.0.1/7006', 'hello'], { grants: { connect: true } }))
      .toMatchObject({ code: 1, stderr: expect.stringContaining('Connection refused') });
    expect(await server.exited).toMatchObject({ code: 0 });
    expect(await server.lines).toContain('1 came\n');
    await server.errors;
  });

  it('a shell calls by a redirection, and gives the connection to a program', async () => {
    const server = await serve(7009);
    const script = 'exec 3<>/dev/tcp/localhost/7009 && echo first >&3 && read line <&3 && echo "got $line"; hello-c >&3; read line <&3; echo "then $line"';
    expect(await machine.run('/bin/sh', ['-c', script], { grants: { connect: true } })).toMatchObject({ code: 0, stdout: 'got first\nthen Hello from C!\n', stderr: '' });
    expect(await machine.run('/bin/sh', ['-c', 'echo x >/dev/tcp/localhost/7009'])).toMatchObject({ stdout: '', stderr: expect.stringMatching(/[Pp]ermission denied/) });
    await machine.api.kill(server.pid);
    await Promise.all([server.lines, server.errors]);
  });

  it('a shell starts a server on a port, which is free again with that', async () => {
    const script = `echo-server --once 3<>/dev/tcp/listen/7010 &
      until exec 5<>/dev/tcp/127.0.0.1/7010; do sleep 0.02; done 2>/dev/null
      echo there >&5; read line <&5; echo "got $line"; exec 5>&-; wait; echo over
      exec 6<>/dev/tcp/listen/7010 && echo free`;
    const { stdout, stderr, code: status } = await machine.run('/bin/sh', ['-c', script], { grants: { connect: true, bind: true } });
    expect([status, stderr, stdout.split('\n').sort()]).toEqual([0, '', ['', '1 came', '1 left', 'free', 'got there', 'over', 'ready']]);
    expect(await machine.run('/bin/sh', ['-c', 'echo-server 3<>/dev/tcp/listen/7011'])).toMatchObject({ stderr: expect.stringMatching(/[Pp]ermission denied/) });
  });

  it('a user starts a server in the terminal, and the page calls it', async () => {
    const terminal = await machine.terminal();
    await terminal.until('$\x1b[0m ');
    terminal.type('echo-server 3<>/dev/tcp/listen/7012 &\r');
    await terminal.until(/ready/);
    const { readable, writer } = await call(7012);
    await writer.write(encoder.encode('from the page'));
    await writer.close();
    expect(await new Response(readable).text()).toBe('from the page');
    await terminal.until(/1 left/);
    await terminal.close();
    expect(await code(machine.api.connect(7012))).toBe('ECONNREFUSED');
  });

  it('with preopens behind its socket a C program still finds its files', async () => {
    await machine.write('/home/in.txt', 'found\n');
    expect(await machine.run('/bin/upper', ['in.txt', '/home/in.txt'], { listen: [':7007', ':7008'] })).toMatchObject({ code: 0, stdout: 'FOUND\nFOUND\n', stderr: '' });
  });
});
