import { within } from './browser.mjs';
import { median } from './rows.mjs';

const LIMIT = 120_000;
const figuresOf = ([cold, ...rest]) => ({ cold, steady: median(rest), passes: rest });

const alone = (page, task, options) => within(LIMIT, task, page.evaluate(([name, given]) => globalThis.bench.bus.alone(name, given), [task, options]));

/** One pass more than asked for: the first is the cold one. */
async function repeated(page, call, kind, options, passes) {
  const values = [];
  for (let pass = 0; pass <= passes; pass++) {
    values.push(await within(LIMIT, `${call}: ${kind}`, page.evaluate(([name, by, given]) => globalThis.bench.bus[name](by, given), [call, kind, options])));
  }
  return figuresOf(values);
}

/** Within one worker. Nanoseconds. */
export async function measureLocal(page, passes) {
  const { ours, ...peers } = await alone(page, 'publish', { passes, count: 200_000 });
  const beside = async (subscriptions) => ({
    kernel: figuresOf(await alone(page, 'patternsKernel', { passes, count: 200_000, subscriptions })),
    arena: figuresOf(await alone(page, 'patternsArena', { passes, count: 200_000, subscriptions })),
  });
  return {
    publish: figuresOf(ours),
    peers: Object.fromEntries(Object.entries(peers).map(([name, values]) => [name, figuresOf(values)])),
    request: figuresOf(await alone(page, 'request', { passes, count: 100_000 })),
    one: await beside(1),
    many: await beside(1000),
  };
}

/** From one worker to another. Millions of messages a second, and microseconds of a round trip. */
export async function measureAcross(page, passes) {
  return {
    batched: await repeated(page, 'stream', 'arena', { count: 2_000_000, batch: 256, blocking: true }, passes),
    single: await repeated(page, 'stream', 'arena', { count: 1_000_000, batch: 1, blocking: true }, passes),
    postMessage: await repeated(page, 'stream', 'postMessage', { count: 100_000 }, passes),
    BroadcastChannel: await repeated(page, 'stream', 'BroadcastChannel', { count: 5000 }, passes),
    trip: await repeated(page, 'roundTrip', 'arena', { count: 10_000 }, passes),
    postMessageTrip: await repeated(page, 'roundTrip', 'postMessage', { count: 5000 }, passes),
    BroadcastChannelTrip: await repeated(page, 'roundTrip', 'BroadcastChannel', { count: 1000 }, passes),
  };
}

const failedAs = (found, of) => (found.error ? found : of(found));
const of = (name, figures) => ({ name, value: figures.steady });

/** In the page: a program that publishes to itself. */
async function runGuest(count) {
  const permissions = { publish: ['t.>'], subscribe: ['t.>'], clocks: true };
  const process = await globalThis.palimpsest.run({ module: globalThis.bench.bytes.hostcalls, name: 'host-guest', args: ['bus-bench', String(count)], stdin: '', permissions });
  const text = (stream) => new Response(stream).text();
  const [stdout, stderr, { code, message }] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
  if (code !== 0) throw new Error(`bus-bench ended with ${code}: ${message ?? stderr}`);
  return JSON.parse(stdout);
}

/** What a program pays for the same through the host ABI, in nanoseconds; each pass is a process, whose first messages are cold. */
export async function measureGuestBus(page, passes) {
  const found = [];
  for (let pass = 0; pass <= passes; pass++) found.push(await within(LIMIT, 'messages of a program', page.evaluate(runGuest, 1_000_000)));
  return { publish: figuresOf(found.map(({ publish }) => publish)), read: figuresOf(found.map(({ read }) => read)), request: figuresOf(found.map(({ request }) => request)) };
}

/** Rows of a program. */
export function guestRows(found) {
  const row = (id, label, of) => ({ id, label, unit: 'ns', ours: failedAs(found, of), base: null });
  return [
    row('bus-guest-publish', 'a program publishes 100 bytes to one subscriber (`astrid_publish`)', ({ publish }) => publish),
    row('bus-guest-read', 'the same, and reads them (`fd_read`)', ({ read }) => read),
    row('bus-guest-request', 'a program asks, reads, answers and reads the reply: five calls', ({ request }) => request),
  ];
}

/** Rows of the bus within a worker. */
export function localRows(found) {
  const row = (id, label, ours, base, peers) => ({ id, label, unit: 'ns', ours: failedAs(found, ours), base: found.error ? null : base?.(found), peers: peers && !found.error ? peers(found) : undefined });
  return [
    row('bus-publish', 'publish 100 bytes to one subscriber in the same worker, delivery included', ({ publish }) => publish, ({ peers }) => of('mitt', peers.mitt), ({ peers }) => peers),
    row('bus-request', 'request and reply inside the kernel', ({ request }) => request),
    row('bus-patterns', 'publish in the kernel beside 1 000 subscriptions with patterns', ({ many }) => many.kernel, ({ one }) => of('one subscription', one.kernel)),
    row('bus-patterns-arena', 'publish 64 bytes into a mailbox, and read, beside 1 000 subscriptions', ({ many }) => many.arena, ({ one }) => of('one subscription', one.arena)),
  ];
}

/** Rows of the bus between workers. */
export function acrossRows(found) {
  const row = (id, label, unit, ours, base) => ({
    id, label, unit, ours: failedAs(found, ours), base: found.error || !base ? null : of('postMessage', base(found)),
    peers: found.error ? undefined : unit === 'µs' ? { postMessage: found.postMessageTrip, BroadcastChannel: found.BroadcastChannelTrip } : { postMessage: found.postMessage, BroadcastChannel: found.BroadcastChannel },
  });
  return [
    row('bus-across', 'messages of 64 bytes to a subscriber in another worker, 256 at a time', 'M/s', ({ batched }) => batched),
    row('bus-across-ratio', 'the same, against `postMessage`', 'M/s', ({ batched }) => batched, ({ postMessage }) => postMessage),
    row('bus-across-single', 'the same, one at a time', 'M/s', ({ single }) => single, ({ postMessage }) => postMessage),
    row('bus-round-trip', 'a message of 64 bytes to another worker and one back', 'µs', ({ trip }) => trip, ({ postMessageTrip }) => postMessageTrip),
  ];
}
