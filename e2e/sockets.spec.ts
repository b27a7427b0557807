import { expect, test } from './fixtures.ts';
import { openWorkspace } from './support/namespace.ts';

test.describe('servers in the tab', () => {
  test.beforeEach(({ page }) => openWorkspace(page));

  test('the page talks to a server that it started; killed, it leaves the page the end', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { run, connect } = globalThis.palimpsest;
      const code = (promise: Promise<unknown>) => promise.then(() => 'no failure', (error: { code?: string; message: string }) => error.code ?? error.message);
      const server = await run({ module: '/bin/echo-server', listen: ['127.0.0.1:8080'], stdin: '' });
      for (const stream of [server.stdout, server.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
      const taken = await code(run({ module: '/bin/echo-server', listen: ['localhost:8080'], stdin: '' }));
      const { readable, writable, closed } = await connect(8080);
      const [reader, writer] = [readable.getReader(), writable.getWriter()];
      await writer.write(new TextEncoder().encode('over the loopback'));
      const answer = new TextDecoder().decode((await reader.read()).value);
      const listed = (await globalThis.palimpsest.processes()).find(({ pid }) => pid === server.pid)?.listening;
      const ports = (await globalThis.palimpsest.fs.readdir('/dev/tcp/127.0.0.1')).map(({ name, kind }) => [name, kind]);
      await server.kill('KILL');
      const { signal } = await server.exited;
      const { done } = await reader.read();
      await closed;
      return { taken, answer, listed, ports, signal, done, later: await code(connect(8080)) };
    });
    expect(seen).toEqual({
      taken: 'EADDRINUSE', answer: 'over the loopback', listed: [8080], ports: [['8080', 'socket']], signal: 'KILL', done: true, later: 'ECONNREFUSED',
    });
  });

  test('the Processes tab says who listens', async ({ page }) => {
    await page.evaluate(async () => {
      const server = await globalThis.palimpsest.run({ module: '/bin/echo-server', listen: [':8080', ':8081'], stdin: '' });
      for (const stream of [server.stdout, server.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
    });
    await page.getByRole('tab', { name: 'Processes' }).click();
    const row = page.getByRole('treegrid', { name: 'Processes' }).getByRole('row', { name: /echo-server/ });
    await expect(row).toContainText(':8080 :8081');
    await row.getByRole('button', { name: /^Kill/ }).click();
    await expect(row).toContainText('KILL');
    await expect(row).not.toContainText(':8080');
  });

  test('refused: without a listener, for a host elsewhere, for what is no port', async ({ page }) => {
    const codes = await page.evaluate(async () => {
      const { run, connect } = globalThis.palimpsest;
      const code = (promise: Promise<unknown>) => promise.then(() => 'no failure', (error: { code?: string }) => error.code);
      const server = await run({ module: '/bin/echo-server', stdin: '' });
      const errors = new Response(server.stderr as ReadableStream<BufferSource>).text();
      return [
        (await server.exited).code, (await errors).includes('LISTEN_FDS'), await code(connect(8080)), await code(connect(0)),
        await code(run({ module: '/bin/echo-server', listen: ['10.0.0.1:80'] })), await code(run({ module: '/bin/echo-server', listen: ['8080'] })),
      ];
    });
    expect(codes).toEqual([2, true, 'ECONNREFUSED', 'EINVAL', 'EADDRNOTAVAIL', 'EINVAL']);
  });

  test('nobody accepts: a thousand calls are bounded, and the page lives on', async ({ page }) => {
    const seen = await page.evaluate(async () => {
      const { run, connect } = globalThis.palimpsest;
      const busy = await run({ module: '/bin/spin', listen: [':8080'], stdin: '' });
      for (const stream of [busy.stdout, busy.stderr]) void stream.pipeTo(new WritableStream()).catch(() => {});
      const calls = await Promise.allSettled(Array.from({ length: 1000 }, () => connect(8080)));
      const waiting = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
      const reasons = new Set(calls.flatMap((call) => (call.status === 'rejected' ? [(call.reason as { code: string }).code] : [])));
      await busy.kill('KILL');
      const ends = await Promise.all(waiting.map(async ({ readable, closed }) => {
        const { done } = await readable.getReader().read();
        await closed;
        return done;
      }));
      return { waiting: waiting.length, reasons: [...reasons], ends: ends.every(Boolean) };
    });
    expect(seen).toEqual({ waiting: 32, reasons: ['ECONNREFUSED'], ends: true });
  });
});
