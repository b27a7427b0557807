// Rows of several processes at once: pipes, starts from the shell, many that wait.
import { readFileSync, readdirSync } from 'node:fs';
import { within } from './browser.mjs';
import { median, readPasses } from './rows.mjs';

const LIMIT = 120_000;
const PORT = 4711;

/** Runs a script in the namespace's shell, in the page; what it printed and the milliseconds that it took. */
async function inShell(page, script) {
  const call = (text) => globalThis.bench.shell(text);
  const outcome = await within(LIMIT, script, page.evaluate(call, script));
  if (outcome.code !== 0) throw new Error(`sh ended with ${outcome.code}: ${outcome.stderr.slice(0, 200)}`);
  return outcome;
}

/** Puts the guest program where the shell finds it. */
export async function installGuest(page) {
  const call = () => globalThis.bench.install('/home/bench/bench');
  await within(LIMIT, 'installing the guest', page.evaluate(call));
}

/** GB/s of `mib` MiB a pass from one program's standard output to the other's input, as the reader sees them. */
export async function measurePipe(page, mib, passes) {
  const script = `cd /home/bench; ./bench pipewrite ${mib} --passes=${passes} | ./bench piperead ${mib} --passes=${passes}`;
  return readPasses({ unit: 'GB/s' }, await inShell(page, script));
}

/** Microseconds of a round trip of one byte between two programs. */
export async function measurePingPong(page, passes) {
  const call = ([port, count]) => globalThis.bench.pingPong(port, count);
  const found = readPasses({ unit: 'ns' }, await within(LIMIT, 'ping-pong', page.evaluate(call, [PORT, passes])));
  if (found.error) return found;
  const scale = (ns) => ns / 1000;
  return { ...found, cold: scale(found.cold), steady: scale(found.steady), passes: found.passes.map(scale) };
}

/** Milliseconds of a script from the page, the first run cold. */
export async function measureScript(page, script, passes) {
  const times = [];
  for (let pass = 0; pass <= passes; pass++) times.push((await inShell(page, script)).took);
  return { cold: times[0], steady: median(times.slice(1)), passes: times.slice(1) };
}

/** Milliseconds that the shell needs to start a command and see its end: a loop of starts less a loop of none. */
export async function measureSpawn(page, command, passes) {
  const COUNT = 50;
  const loop = (body) => `i=0; while [ $i -lt ${COUNT} ]; do ${body}; i=$((i+1)); done`;
  const empty = await measureScript(page, loop(':'), passes);
  const full = await measureScript(page, loop(command), passes);
  const each = (took) => (took - empty.steady) / COUNT;
  return { cold: each(full.cold), steady: each(full.steady), passes: full.passes.map(each) };
}

/** Seconds of processor time that all processes of the browser have used; undefined where the system does not tell. */
function processorSeconds() {
  const TICKS = 100;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const used = pids.map((pid) => {
    try {
      const [, name, rest] = /^\d+ \((.*)\) (.*)$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      const fields = rest.split(' ');
      return /chrom/.test(name) ? Number(fields[11]) + Number(fields[12]) : 0;
    } catch {
      return 0;
    }
  });
  return used.reduce((sum, ticks) => sum + ticks, 0) / TICKS;
}

/**
 * `count` processes, each blocked on a pipe: shells, since the browser has address space for some 120 linear memories only.
 * @returns {Promise<{idle: number[], spawn: number[]}>} processor use in percent of one core while all wait, and milliseconds of a
 *   new run meanwhile
 */
export async function measureMany(page, count, passes) {
  await within(LIMIT, 'starting many', page.evaluate((many) => globalThis.bench.startMany(many), count));
  const SECONDS = 3;
  const idle = [];
  for (let pass = 0; pass < Math.min(passes, 3); pass++) {
    await page.waitForTimeout(1000);
    const before = processorSeconds();
    await page.waitForTimeout(SECONDS * 1000);
    idle.push(((processorSeconds() - before) / SECONDS) * 100);
  }
  const spawn = await within(LIMIT, 'hello', page.evaluate((times) => globalThis.bench.hello(times), passes * 4 + 1));
  const alive = await within(LIMIT, 'ending many', page.evaluate(() => globalThis.bench.endMany()));
  if (alive !== count) throw new Error(`${alive} of ${count} processes were alive at the end`);
  return { idle, spawn };
}

/** Runs in the page, after `installBench`: adds what the rows above call. */
export function installProcesses() {
  const { bench, palimpsest } = globalThis;
  const outcome = async (process, start) => {
    const [stderr, stdout, exit] = await Promise.all([new Response(process.stderr).text(), new Response(process.stdout).text(), process.exited]);
    return { stderr, stdout, code: exit.code, error: exit.message, took: performance.now() - start };
  };
  const collect = async (options) => {
    const start = performance.now();
    return outcome(await palimpsest.run({ stdin: '', ...options }), start);
  };
  bench.shell = (script) => collect({ module: '/bin/sh', args: ['-c', script], env: { PATH: '/bin', HOME: '/home' }, cwd: '/home' });
  bench.install = async (path) => {
    await palimpsest.fs.writeFile(path, bench.bytes.bench);
    await palimpsest.fs.writeFile(`${path}-hello`, bench.bytes.hello);
  };
  bench.pingPong = async (port, passes) => {
    // It listens from its start on.
    const pong = await palimpsest.run({ module: bench.modules.bench, name: 'bench', args: ['pong'], listen: [`127.0.0.1:${port}`], preopens: { '/': '/' }, stdin: '' });
    const ended = outcome(pong, 0);
    const ping = await collect({ module: bench.modules.bench, name: 'bench', args: ['ping', String(port), '2000', `--passes=${passes}`], preopens: { '/': '/' }, grants: { connect: true } });
    await pong.kill('KILL').catch(() => undefined);
    await ended;
    return ping;
  };
  let many = [];
  bench.startMany = async (count) => {
    for (let started = 0; started < count; started++) many.push(await palimpsest.run({ module: '/bin/sh', args: ['-c', 'read line'], env: { PATH: '/bin' } }));
  };
  bench.endMany = async () => {
    const living = await palimpsest.processes();
    const alive = many.filter(({ pid }) => living.some((process) => process.pid === pid && process.state !== 'exited')).length;
    await Promise.all(many.map(async (process) => {
      await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
      await process.kill('KILL');
    }));
    many = [];
    return alive;
  };
}
