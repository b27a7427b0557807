import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { root } from '../tools/project.mjs';

/** What a program must do: see `wasm-samples/README.md`. */
export interface Case {
  program: string;
  args?: string[];
  env?: Record<string, string>;
  stdin?: string;
  files?: Record<string, string>;
  code?: number;
  trap?: boolean;
  stdout?: string;
  stdoutStarts?: string;
  stdoutHas?: string[];
  stdoutBytes?: number;
  stderr?: string;
  stderrStarts?: string;
  after?: Record<string, string | null>;
  /** It runs on, so it needs a worker that can be stopped. */
  endless?: boolean;
  seconds?: number;
  /** It waits for callers, who come only in the page. */
  listen?: string[];
  connect?: { port: number; send: string; receives: string }[];
  /** Text that is published on the bus, again and again until it prints something. */
  hears?: { subject: string; text: string };
  /** It starts threads, which are workers. */
  workers?: boolean;
  /** It looks at the base layer, which only the whole system has. */
  base?: boolean;
  /** It asks for more than it was granted: only where there is no user. */
  asks?: boolean;
}

interface Seen {
  code: number;
  reason: string;
  signal: string | null;
  duration: number;
  stdout: string;
  stdoutBytes: number;
  stderr: string;
  after: Record<string, string | null>;
  /** Whether it ran on after the output that was waited for. */
  ranOn: boolean;
  /** What each caller got back. */
  received: string[];
}

/** The cases of a file in `wasm-samples`. */
export function readCases(file: string): Case[] {
  return JSON.parse(readFileSync(join(root, 'wasm-samples', file), 'utf8')) as Case[];
}

export interface Entry {
  path: string;
  kind: string;
  url?: string;
}

/** What the base layer's manifest lists in `/bin`. */
export function readPrograms(): Entry[] {
  const { entries } = JSON.parse(readFileSync(join(root, 'public/samples/index.json'), 'utf8')) as { entries: Entry[] };
  return entries.filter(({ path }) => path.startsWith('/bin/'));
}

/** Runs one case in `/home`, which is as it was before when this returns. */
export function runCase(page: Page, sample: Case): Promise<Seen> {
  return page.evaluate(async (given) => {
    const { bus, fs, run, connect } = globalThis.palimpsest;
    const shipped = new Set((await fs.readdir('/home')).map(({ name }) => name));
    for (const [path, data] of Object.entries(given.files ?? {})) {
      await fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await fs.writeFile(path, data);
    }
    const { args = [], env = {}, stdin = '' } = given;
    const process = await run({ module: `/bin/${given.program}`, args, env, stdin, cwd: '/home', ...(given.listen && { listen: given.listen }) });
    const callEach = async (): Promise<string[]> => {
      const calls = given.connect ?? [];
      const callers = await Promise.all(calls.map(({ port }) => connect(port)));
      const writers = callers.map(({ writable }) => writable.getWriter());
      await Promise.all(writers.map((writer, index) => writer.write(new TextEncoder().encode(calls[index]!.send))));
      await Promise.all(writers.map((writer) => writer.close()));
      return Promise.all(callers.map(({ readable }) => new Response(readable as ReadableStream<BufferSource>).text()));
    };
    const { hears } = given;
    const speaking = hears && setInterval(() => void bus.publish(hears.subject, hears.text, { codec: 'raw' }), 100);
    const wanted = new TextEncoder().encode(given.stdoutStarts ?? '').length;
    let ranOn = false;
    const collect = async (stream: ReadableStream<Uint8Array>, first: boolean) => {
      const parts: Uint8Array[] = [];
      let size = 0;
      const reader = stream.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        if (size < 4_000_000) parts.push(next.value);
        size += next.value.length;
        clearInterval(speaking);
        if (!first || !given.endless || ranOn || size < wanted) continue;
        const ended = await Promise.race([process.exited.then(() => true), new Promise<false>((done) => setTimeout(() => done(false), 200))]);
        ranOn = !ended;
        await process.kill('KILL');
      }
      return { text: await new Blob(parts as BlobPart[]).text(), size };
    };
    const [out, errors, exit, received] = await Promise.all([collect(process.stdout, true), collect(process.stderr, false), process.exited, callEach()]);
    clearInterval(speaking);
    const after: Record<string, string | null> = {};
    for (const path of Object.keys(given.after ?? {})) {
      after[path] = await fs.readFile(path).then((bytes) => new TextDecoder().decode(bytes), () => null);
    }
    for (const { name } of await fs.readdir('/home')) if (!shipped.has(name)) await fs.rm(`/home/${name}`, { recursive: true });
    const { code, reason, signal, duration } = exit;
    return { code, reason, signal, duration, stdout: out.text, stdoutBytes: out.size, stderr: errors.text, after, ranOn, received };
  }, sample);
}

function expectEnd(sample: Case, seen: Seen): void {
  if (sample.endless) expect(seen).toMatchObject({ ranOn: true, reason: 'killed', signal: 'KILL', code: 137 });
  else if (sample.trap) expect(seen).toMatchObject({ reason: 'trap', code: 134 });
  else expect(seen).toMatchObject({ reason: 'exit', code: sample.code ?? 0 });
  if (sample.seconds !== undefined) expect(seen.duration).toBeGreaterThanOrEqual(sample.seconds * 1000);
}

function expectOutput(sample: Case, seen: Seen): void {
  const { stdout, stdoutStarts, stdoutHas = [], stdoutBytes, stderr, stderrStarts, trap } = sample;
  if (stdout !== undefined) expect(seen.stdout).toBe(stdout);
  if (stdoutStarts !== undefined) expect(seen.stdout.slice(0, stdoutStarts.length)).toBe(stdoutStarts);
  for (const part of stdoutHas) expect(seen.stdout).toContain(part);
  if (stdoutBytes !== undefined) expect(seen.stdoutBytes).toBe(stdoutBytes);
  if (stderrStarts !== undefined) expect(seen.stderr.slice(0, stderrStarts.length)).toBe(stderrStarts);
  else if (!trap) expect(seen.stderr).toBe(stderr ?? '');
  expect(seen.received).toEqual((sample.connect ?? []).map(({ receives }) => receives));
  expect(seen.after).toEqual(sample.after ?? {});
}

/** Whether the program did what its case says. */
export function expectCase(sample: Case, seen: Seen): void {
  expectEnd(sample, seen);
  expectOutput(sample, seen);
}
