// Its workers and its own wasm find each other by URL, so it is served as published instead of bundled.
const PACKAGE = '/node_modules/@wasmer/sdk/dist/index.js';

let client;

function start() {
  client ??= import(/* @vite-ignore */ PACKAGE).then(async ({ Wasmer }) => {
    const wasmer = new Wasmer({ cache: false, outputBytes: 64 * 1024 * 1024 });
    await wasmer.ready();
    return wasmer;
  });
  return client;
}

const decode = (output) => (typeof output.text === 'function' ? output.text() : new TextDecoder().decode(output.bytes ?? output));

function within(limit, work) {
  const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit));
  return Promise.race([work, timeout]);
}

async function run(url, args, limit) {
  const wasmer = await start();
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const definition = { modules: { bench: bytes }, commands: { main: { module: 'bench' } }, files: { '/keep': '' } };
  const sandbox = await wasmer.sandboxes.create({ packages: [await wasmer.packages.create(definition)] });
  try {
    const output = await sandbox.command('main', args, { cwd: '/workspace' }).run({ check: false, timeoutMs: limit });
    return { code: output.exitCode, stderr: decode(output.stderr), stdoutBytes: decode(output.stdout).length };
  } finally {
    void sandbox.close();
  }
}

export async function runInWasmer(url, args, limit) {
  try {
    return await within(limit, run(url, args, limit));
  } catch (error) {
    client = undefined;
    throw error;
  }
}
