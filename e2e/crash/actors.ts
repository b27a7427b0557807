import type { CDPSession, Page } from '@playwright/test';
import { dataOf } from './content.ts';
import type { Operation } from './model.ts';
import type { Heard } from './verdict.ts';
import type { Actor } from './workload.ts';

export interface Listening {
  readonly heard: Heard[];
  /** Operations that failed: none may. */
  readonly failures: string[];
}

/** Listens to what the page tells while it works: one-way messages, in its order, until the browser is gone. */
export async function listen(page: Page): Promise<Listening & { session: CDPSession }> {
  const session = await page.context().newCDPSession(page);
  const heard: Heard[] = [];
  const failures: string[] = [];
  session.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name !== 'tellTest') return;
    for (const [actor, operation, what] of JSON.parse(payload) as [number, number, Heard['what'] | string][]) {
      if (what === 'begin' || what === 'done' || what === 'durable') heard.push({ actor, operation, what });
      else failures.push(`actor ${actor}, operation ${operation}: ${what}`);
    }
  });
  await session.send('Runtime.addBinding', { name: 'tellTest' });
  return { heard, failures, session };
}

export interface Task {
  kind: Actor['kind'];
  operations: Operation[];
}

/** Starts all actors in the page and returns; what they do is told by `listen`. `guest`: crash-guest in base64. */
export async function startActors(page: Page, tasks: readonly Task[], guest: string, seed: number): Promise<void> {
  await page.evaluate(`globalThis.dataOf = ${dataOf.toString()}`);
  await page.evaluate(({ list, binary, seed: start }) => {
    const { fs, run } = globalThis.palimpsest;
    const { tellTest, dataOf: data } = globalThis as unknown as { tellTest(text: string): void; dataOf(seed: number, length: number): Uint8Array };
    const module = Uint8Array.from(atob(binary), (letter) => letter.charCodeAt(0));
    let queue: [number, number, string][] = [];
    const tell = (actor: number, operation: number, what: string): void => {
      queue.push([actor, operation, what]);
      if (queue.length > 1) return;
      queueMicrotask(() => {
        tellTest(JSON.stringify(queue));
        queue = [];
      });
    };
    let state = start;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const pause = (): Promise<void> => new Promise((done) => setTimeout(done, random() * 40));

    const call = (operation: Operation): Promise<void> => {
      switch (operation.verb) {
        case 'put': return fs.writeFile(operation.path, data(operation.seed, operation.length));
        case 'mkdir': return fs.mkdir(operation.path);
        case 'symlink': return fs.symlink(operation.target, operation.path);
        case 'rename': return fs.rename(operation.path, operation.to);
        case 'rmdir':
        case 'unlink': return fs.rm(operation.path);
        default: throw new Error(`the page has no ${operation.verb}`);
      }
    };
    const actAsUser = async (actor: number, operations: readonly Operation[]): Promise<void> => {
      for (const [index, operation] of operations.entries()) {
        tell(actor, index, 'begin');
        try {
          await call(operation);
          tell(actor, index, 'durable');
        } catch (error) {
          tell(actor, index, `${operation.verb} ${operation.path}: ${String(error)}`);
        }
        if (random() < 0.1) await pause();
      }
    };

    const lineOf = (operation: Operation): string => {
      const { verb, path } = operation;
      switch (verb) {
        case 'put':
        case 'append': return [verb, path, operation.seed, operation.length].join('\t');
        case 'at': return [verb, path, operation.seed, operation.length, operation.offset].join('\t');
        case 'size': return [verb, path, operation.size].join('\t');
        case 'rename':
        case 'link': return [verb, path, operation.to].join('\t');
        case 'symlink': return [verb, operation.target, path].join('\t');
        default: return `${verb}\t${path}`;
      }
    };
    const actAsProgram = async (actor: number, operations: readonly Operation[]): Promise<void> => {
      const process = await run({ module, name: 'crash-guest' });
      const input = process.stdin!.getWriter();
      const output = process.stdout.getReader();
      void process.stderr.pipeTo(new WritableStream());
      let answered = 0;
      let text = '';
      const decoder = new TextDecoder();
      const answersUntil = async (count: number): Promise<void> => {
        while (answered < count) {
          const { value, done } = await output.read();
          if (done) throw new Error('the program ended');
          const lines = (text + decoder.decode(value, { stream: true })).split('\n');
          text = lines.pop() ?? '';
          for (const line of lines) {
            const { verb, path } = operations[answered]!;
            tell(actor, answered, line !== 'ok' ? `${verb} ${path}: ${line}` : verb === 'sync' ? 'durable' : 'done');
            answered += 1;
          }
        }
      };
      for (let sent = 0; sent < operations.length;) {
        const burst = operations.slice(sent, sent + 1 + Math.floor(random() * 40));
        for (const index of burst.keys()) tell(actor, sent + index, 'begin');
        void input.write(new TextEncoder().encode(burst.map((operation) => `${lineOf(operation)}\n`).join('')));
        sent += burst.length;
        // The next ones are sent while up to half of these are still to be done.
        await answersUntil(sent - Math.floor(random() * 0.5 * burst.length));
        await pause();
      }
      await answersUntil(operations.length);
    };
    for (const [actor, { kind, operations }] of list.entries()) {
      const acting = kind === 'page' ? actAsUser(actor, operations) : actAsProgram(actor, operations);
      acting.catch((error: unknown) => tell(actor, -1, String(error)));
    }
  }, { list: [...tasks], binary: guest, seed });
}
