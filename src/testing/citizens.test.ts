import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { receiveBytes, sendBytes } from '../shared/link/index.ts';
import type { MachineTerminal } from './machine-terminal.ts';
import { Machine } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

const PROMPT = '$\x1b[0m ';
const PORT = 8081;

interface Event { type: string; text: string; to: string; done: boolean }
interface Next { last: number; lost: number; events: Event[] }

let machine: Machine;
beforeEach(async () => { machine = await Machine.boot(); });
afterEach(() => machine.dispose());

async function http(request: string, { halfClose = false } = {}): Promise<string> {
  const { readable, writable, closed } = await machine.api.connect(PORT);
  closed.close();
  const writer = sendBytes(writable).getWriter();
  await writer.write(new TextEncoder().encode(request));
  if (halfClose) await writer.close();
  return new Response(receiveBytes(readable)).text();
}

const post = (text: string): Promise<string> => http(`POST /say HTTP/1.1\r\nHost: x\r\nContent-Length: ${new TextEncoder().encode(text).length}\r\n\r\n${text}`);
const json = <T>(response: string): T => JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4)) as T;
const next = async (after: number, options?: { halfClose: boolean }): Promise<Next> => json<Next>(await http(`GET /next?after=${after} HTTP/1.1\r\n\r\n`, options));

/** A program that says when it listens. */
async function start(module: string, options: { listen?: string[] } = {}): Promise<RunningProgram> {
  const program = await startProgram(machine, module, options);
  await expect.poll(() => program.stdout + program.stderr, { timeout: 20_000 }).toBe('ready\n');
  return program;
}

const startRouter = (): Promise<RunningProgram> => start('/bin/router');
const startWebfront = (): Promise<RunningProgram> => start('/bin/webfront', { listen: [`127.0.0.1:${PORT}`] });

/** A shell with `cli` in it, once it is ready for a line. */
async function startCli(): Promise<MachineTerminal> {
  const terminal = await machine.terminal();
  await terminal.until(PROMPT);
  terminal.type('cli\r');
  await terminal.until('\x1b[?2004l> ');
  return terminal;
}

async function ask(terminal: MachineTerminal, line: string, answer: RegExp | string): Promise<void> {
  const from = terminal.output.length;
  terminal.type(`${line}\r`);
  await terminal.until(answer, { from });
}

describe('frontends and who answers, which know each other by subjects alone', () => {
  test('a line that is typed is answered, whole or word by word', async () => {
    await startRouter();
    const terminal = await startCli();
    await ask(terminal, 'echo hello there', '\x1b[Khello there\r\n> ');
    await ask(terminal, 'stream one two three', '\x1b[Kone two three\r\n> ');
    await ask(terminal, 'time', /\x1b\[K\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\r\n> /);
    await ask(terminal, 'kv set colour dark blue', '\x1b[Kcolour is set\r\n> ');
    await ask(terminal, 'kv get colour', '\x1b[Kdark blue\r\n> ');
    await ask(terminal, 'what are you?', 'no AI');
    await ask(terminal, 'quit', PROMPT);
    await terminal.close();
  });

  test('a third joins, and neither knows; killing any one leaves the others', async () => {
    const terminal = await startCli();
    const web = await startWebfront();
    const router = await startRouter();
    await ask(terminal, 'echo from the terminal', '\x1b[Kfrom the terminal\r\n> ');
    expect((await next(0)).events).toEqual([{ type: 'AgentResponse.v1', text: 'from the terminal', to: expect.stringMatching(/^cli-\d+-1$/), done: true }]);
    // One that waits gets what comes later, also if it sends no more.
    const later = next(1, { halfClose: true });
    const from = terminal.output.length;
    const { id } = json<{ id: string }>(await post('echo grüß di'));
    expect(await later).toEqual({ last: 2, lost: 0, events: [{ type: 'AgentResponse.v1', text: 'grüß di', to: id, done: true }] });
    await terminal.until(`(to ${id}) grüß di\r\n`, { from });

    await router.kill();
    await ask(terminal, 'echo anybody?', 'no answer yet');
    const second = await startRouter();
    await ask(terminal, 'echo again', '\x1b[Kagain\r\n> ');
    await web.kill();
    await ask(terminal, 'echo without the web', '\x1b[Kwithout the web\r\n> ');
    await ask(terminal, 'quit', PROMPT);
    await startWebfront();
    await post('count one two');
    expect((await next(0)).events).toMatchObject([{ text: '2 words, 7 characters' }]);
    await second.kill();
    await terminal.close();
  });

  test('of two routers one answers', async () => {
    await Promise.all([startRouter(), startRouter()]);
    const terminal = await startCli();
    for (let i = 0; i < 10; i++) await ask(terminal, `echo number ${i}`, `\x1b[Knumber ${i}\r\n> `);
    expect(terminal.output.match(/Knumber \d\r/g)).toHaveLength(10);
    await terminal.close();
  });

  test('from a pipe: what was asked is answered before it ends; nobody answers: status 1', async () => {
    expect(await machine.run('/bin/cli', [], { stdin: 'echo lost\n' })).toMatchObject({ code: 1, stdout: '' });
    await startRouter();
    expect(await machine.run('/bin/cli', [], { stdin: 'echo one\n\nstream a b c\nkv get none\nquit\nnever sent\n' })).toMatchObject({ code: 0, stdout: 'one\na b c\nnone is not set\n', stderr: '' });
    expect(await machine.run('/bin/cli', [], { stdin: 'echo last without its line end\necho x\xff' })).toMatchObject({ code: 0 });
  });

  test('an answer cannot move the cursor, be too large, or come in another encoding to any harm', async () => {
    const terminal = await startCli();
    const web = await startWebfront();
    const from = terminal.output.length;
    await machine.api.publish('agent.response', { text: 'red \x1b[31m\u009b2J\x07 ü', inReplyTo: '\x1b]0;title\x07' });
    await terminal.until('\x1b[K(to ?]0;title?) red ?[31m?2J? ü\r\n> ', { from });
    await machine.api.publish('agent.response', { text: 'x'.repeat(500_000) });
    await terminal.until(/\(\d+ bytes, too many to show\)\r\n> /, { from });
    await machine.api.publish('agent.response', { text: 'in CBOR' }, { codec: 'cbor' });
    await machine.api.publish('agent.response', { text: '<b>ü</b>'.repeat(1000) });
    await terminal.until('<b>ü</b>\r\n> ', { from });
    const { events } = await next(0);
    expect(events.map(({ text }) => text.slice(0, 20))).toEqual(['red \x1b[31m\u009b2J\x07 ü', expect.stringMatching(/^\(500011 bytes/), '<b>ü</b><b>ü</b><b>ü']);
    expect(events[2]!.text).toMatch(/ …$/);
    expect(web.stderr).toBe('');
    await terminal.close();
  });

  test('what is no request is refused by name, and the rest is served', async () => {
    const web = await startWebfront();
    const status = async (request: string): Promise<string> => (await http(request)).split('\r\n')[0]!;
    expect(await http('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/html[^]*<form>/);
    expect(await status('GET /none HTTP/1.1\r\n\r\n')).toContain('404');
    expect(await status('DELETE /say HTTP/1.1\r\n\r\n')).toContain('405');
    expect(await status('nonsense\r\n\r\n')).toContain('400');
    expect(await status('GET http://elsewhere/ HTTP/1.1\r\n\r\n')).toContain('400');
    expect(await status('POST /say HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n')).toContain('413');
    expect(await status('POST /say HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n')).toContain('501');
    expect(await status(`GET /${'x'.repeat(9000)}`)).toContain('431');
    const split = new TextEncoder().encode('POST /say HTTP/1.1\r\nContent-Length: 2\r\n\r\n');
    const { readable, writable, closed } = await machine.api.connect(PORT);
    closed.close();
    const writer = sendBytes(writable).getWriter();
    for (const part of [split, Uint8Array.of(0xff), Uint8Array.of(0xfe)]) await writer.write(part);
    expect(await new Response(receiveBytes(readable)).text()).toMatch(/^HTTP\/1\.1 400 [^]*EINVAL|EILSEQ/);
    expect(await post('echo nobody is there')).toContain('202');
    expect(await web.kill()).toMatchObject({ stderr: '' });
  });
});
