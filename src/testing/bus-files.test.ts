import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BusMessage } from '../shared/abi/index.ts';
import type { MachineTerminal } from './machine-terminal.ts';
import { Machine } from './machine.ts';

const PROMPT = '$\x1b[0m ';

describe('files of the bus, at a prompt', () => {
  let machine: Machine;
  let terminal: MachineTerminal;
  let got: BusMessage[];
  let port: MessagePort;

  beforeEach(async () => {
    machine = await Machine.boot();
    got = [];
    ({ port } = await machine.api.subscribe('>'));
    port.onmessage = ({ data }: MessageEvent<BusMessage[]>) => {
      got.push(...data.filter(({ subject }) => !/^(proc|fs|workspace)\./.test(subject)));
      port.postMessage(data.length);
    };
    terminal = await machine.terminal();
    await terminal.until(PROMPT);
  });
  afterEach(async () => {
    port.close();
    await machine.dispose();
  });

  const line = async (command: string, done = 'done\r\n'): Promise<string> => {
    const from = terminal.output.length;
    terminal.type(`${command}; echo do""ne\r`);
    await terminal.until(done, { from });
    return terminal.output.slice(from);
  };
  const messages = (count: number): Promise<unknown> => expect.poll(() => got.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);

  test('BF1: a line that is written is a message: JSON, or text as it is', async () => {
    await line(`echo '{"text":"hi"}' > /bus/user.input`);
    await line(`printf 'one\\n[1,2]\\n\\n' > /bus/app.x`);
    await messages(4);
    expect(got.map(({ subject, data, type }) => [subject, data instanceof Uint8Array ? new TextDecoder().decode(data) : data, type])).toEqual([
      ['user.input', { text: 'hi' }, 'UserInput.v1'], ['app.x', 'one', undefined], ['app.x', [1, 2], undefined], ['app.x', '', undefined],
    ]);
    expect(got[0]!.source).toBe(terminal.pid);
  });

  test('BF2: plain text where the type has a member for it; a wrong shape is told', async () => {
    await line('echo good morning > /bus/user.input; echo 42 > /bus/user.input');
    await messages(2);
    expect(got.map(({ data }) => data)).toEqual([{ text: 'good morning' }, { text: '42' }]);
    expect(await line(`echo '{"txt":1}' > /bus/user.input || echo refused`)).toContain('refused');
    expect(await line('echo x > /bus/approval.given')).toMatch(/approval\.given: /);
    expect(await line(`echo x > '/bus/app.*'`)).toMatch(/app\.\*: /);
    expect(await line('echo x > /bus/a..b')).toMatch(/a\.\.b: /);
    expect(got.length).toBe(2);
  });

  test('BF3: a part of a line waits for the rest, or for the end', async () => {
    await line('exec 3> /bus/app.x; printf "ab" >&3; printf "cd\\nef" >&3');
    await messages(1);
    await line('exec 3>&-');
    await messages(2);
    expect(got.map(({ data }) => new TextDecoder().decode(data as Uint8Array))).toEqual(['abcd', 'ef']);
  });

  /** Says something again and again until it is printed: by then it is listened to. */
  const listening = async (subject: string, from: number): Promise<void> => {
    await expect.poll(async () => {
      await machine.api.publish(subject, { text: 'there?' });
      return terminal.output.slice(from).includes('{"text":"there?"}\r\n');
    }, { timeout: 20_000, interval: 100 }).toBe(true);
  };

  test('BF4: reading waits for the next message and gives it as a line', async () => {
    const from = terminal.output.length;
    terminal.type('cat /bus/agent.response\r');
    await listening('agent.response', from);
    await machine.api.publish('agent.stream', { text: 'not this' });
    await machine.api.publish('agent.response', { text: 'a\nb' });
    await machine.api.publish('agent.response', { text: 'two' });
    await terminal.until('{"text":"a\\nb"}\r\n{"text":"two"}\r\n', { from });
    expect(terminal.output.slice(from)).not.toContain('not this');
    terminal.type('\x03');
    await line('exec 4< /bus/agent.response');
    await machine.api.publish('agent.response', { text: 'three' });
    expect(await line('head -n 1 <&4')).toContain('{"text":"three"}\r\n');
  });

  test('BF5: patterns, raw text with its line ends escaped, Ctrl-C', async () => {
    const from = terminal.output.length;
    terminal.type(`cat '/bus/app.>'\r`);
    await listening('app.ready', from);
    await machine.api.publish('app.a', new TextEncoder().encode('one\r\ntwo\n'));
    await machine.api.publish('app.b.c', [1, 'x']);
    await terminal.until('one\\r\\ntwo\r\n[1,"x"]\r\n', { from });
    const stopped = terminal.output.length;
    terminal.type('\x03');
    await terminal.until(PROMPT, { from: stopped });
    expect(await line('echo $?')).toContain('130');
  });

  test('BF6: two programs talk to each other through files', async () => {
    terminal.type('while read -r x; do echo "heard $x" > /bus/agent.response; done < /bus/user.input &\r');
    await terminal.until(/\[1\] \d+\r\n.*\$\x1b/s);
    await expect.poll(async () => (await machine.api.processes()).some(({ pid, state }) => pid !== terminal.pid && state === 'waiting'), { timeout: 10_000 }).toBe(true);
    const from = terminal.output.length;
    terminal.type('exec 4< /bus/agent.response; echo hello > /bus/user.input; head -n 1 <&4; echo do""ne\r');
    await terminal.until('done', { from });
    expect(terminal.output.slice(from)).toContain('{"text":"heard {\\"text\\":\\"hello\\"}"}\r\n');
  });

  test('BF14: files and the host ABI are the same bus', async () => {
    await line('exec 4< /bus/chat.room');
    terminal.type('chat-echo-c &\r');
    const from = terminal.output.length;
    await line('head -n 1 <&4');
    expect(terminal.output.slice(from)).toContain('hello from c\r\n');
    expect(await line('ls /bus')).toContain('chat.room');
    terminal.type('echo from a file > /bus/chat.room\r');
    await terminal.until('c heard: from a file\r\n', { from });
    await expect.poll(() => got.map(({ subject, type, source }) => [subject, type, source === terminal.pid]), { timeout: 10_000 })
      .toEqual([['chat.room', 'ChatSaid.v1', false], ['chat.room', undefined, true], ['chat.room', 'ChatEcho.v1', false]]);
  });

  test('a request of the window is answered by the window, once', async () => {
    const { port: asked } = await machine.api.subscribe('app.sum');
    asked.onmessage = ({ data }: MessageEvent<BusMessage[]>) => {
      for (const message of data) if (message.request !== undefined) void machine.api.reply(message.request, (message.data as number[]).reduce((sum, each) => sum + each, 0));
      asked.postMessage(data.length);
    };
    expect((await machine.api.request('app.sum', [1, 2, 3])).data).toBe(6);
    await expect(machine.api.request('app.nobody.there', 1, { deadline: 50 })).rejects.toMatchObject({ code: expect.stringMatching(/EHOSTUNREACH|ETIMEDOUT/) });
    await expect(machine.api.reply(0, 1)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(machine.api.reply(1e9, 1)).rejects.toMatchObject({ code: 'ENOENT' });
    asked.close();
  });

  test('BF7: seen subjects are listed, hostile ones escaped', async () => {
    await machine.api.publish('app.seen', 1);
    await machine.api.publish('a/b.\u202Ec%', 1);
    const listed = await line('ls /bus');
    expect(listed).toContain('app.seen');
    expect(listed).toContain('a%2Fb.%E2%80%AEc%25');
    expect((await machine.api.readdir('/bus')).map(({ name }) => name)).toEqual(expect.arrayContaining(['app.seen', 'proc.1.spawn']));
    await line('echo x > /bus/a%2Fb.c');
    await messages(3);
    expect(got.at(-1)!.subject).toBe('a/b.c');
    for (const name of ['a..b', 'a b']) await expect(machine.write(`/bus/${name}`, 'x')).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('BF8: the window writes there too, and reads by other means', async () => {
    await machine.write('/bus/app.w', 'one\n{"two":2}');
    await messages(2);
    expect(got.map(({ data, source }) => [data instanceof Uint8Array ? new TextDecoder().decode(data) : data, source ?? 0])).toEqual([['one', 0], [{ two: 2 }, 0]]);
    await expect(machine.api.readFile('/bus/app.w')).rejects.toMatchObject({ code: 'ENXIO' });
    await expect(machine.write('/bus/proc.1.exit', 'x')).rejects.toMatchObject({ code: 'EPERM' });
    await expect(machine.api.rm('/bus/app.w')).rejects.toMatchObject({ code: 'EROFS' });
  });
});
