// Drives the workers of bus.worker.js: `globalThis.bench.bus`.
const start = () => new Worker(new URL('./bus.worker.js', import.meta.url), { type: 'module' });

/** The worker's answer to a task; `onReady` is called when it says so. */
function ask(worker, task, options, transfer = [], onReady = () => {}) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === 'ready' ? onReady() : 'error' in data ? reject(new Error(data.error)) : resolve(data.result));
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    worker.postMessage({ task, options }, transfer);
  });
}

/** A task that one worker does alone. */
async function alone(task, options) {
  const worker = start();
  try {
    return await ask(worker, task, options);
  } finally {
    worker.terminate();
  }
}

/** Two workers, the first of which starts once the second is ready: what both gave. */
async function pair([first, second], ends, options) {
  const workers = [start(), start()];
  try {
    const ready = Promise.withResolvers();
    const answer = ask(workers[1], second, { ...options, ...ends[1] }, ends[1].port ? [ends[1].port] : [], ready.resolve);
    await Promise.race([ready.promise, answer]);
    const asked = await ask(workers[0], first, { ...options, ...ends[0] }, ends[0].port ? [ends[0].port] : []);
    return [asked, second === 'echoAll' ? null : await answer];
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

const KINDS = {
  arena: async () => {
    const memory = await alone('arenaMemory', {});
    return [{ memory }, { memory }];
  },
  postMessage: () => {
    const { port1, port2 } = new MessageChannel();
    return [{ port: port1 }, { port: port2 }];
  },
  BroadcastChannel: () => {
    const name = `bench-${Math.random()}`;
    return [{ name }, { name }];
  },
};

/** Messages of 64 bytes from worker to worker: millions a second. `batch`: of the arena's. */
async function stream(kind, options) {
  const tasks = kind === 'arena' ? ['send', 'receive'] : ['postAll', 'hearAll'];
  const [{ start: from }, { end, dropped = 0 }] = await pair(tasks, await KINDS[kind](), options);
  if (dropped > 0) throw new Error(`${dropped} messages were lost`);
  return options.count / (end - from) / 1000;
}

/** A message of 64 bytes there and back: microseconds. */
async function roundTrip(kind, options) {
  const tasks = kind === 'arena' ? ['ping', 'echo'] : ['pingAll', 'echoAll'];
  return (await pair(tasks, await KINDS[kind](), options))[0];
}

export const bus = { alone, stream, roundTrip };
