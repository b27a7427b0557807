/** What is built and what the base layer of a new workspace holds: data for build.mjs. */

/** Modification time of every entry of the base layer, in ms: 2026-11-21T00:00:00Z. */
export const BASE_TIME = Date.UTC(2026, 10, 21);

/** Binaries above this many bytes are stored compressed. */
export const COMPRESS_ABOVE = 100_000;

/** The SDK for C, from the folder of a sample. */
const sdkC = ['../sdk/c/astrid.c', '../sdk/c/astrid_store.c'];

/** One line each: folder in wasm-samples (and name in /bin), toolchain, what it is; `sources`: of C, not all that the folder has. */
export const samples = [
  { name: 'ask', toolchain: 'c', about: 'Asks for a name and a colour, then talks back until "quit"' },
  { name: 'chat-echo-as', toolchain: 'assemblyscript', about: 'Chats in a room of the bus, in AssemblyScript' },
  { name: 'chat-echo-c', toolchain: 'c', sources: ['main.c', ...sdkC], about: 'Chats in a room of the bus, in C' },
  { name: 'chat-echo-go', toolchain: 'go', about: 'Chats in a room of the bus, in Go' },
  { name: 'chat-echo-rust', toolchain: 'rust', about: 'Chats in a room of the bus, in Rust' },
  { name: 'cli', toolchain: 'c', sources: ['main.c', ...sdkC], about: 'A frontend in a terminal: what is typed is said on the bus, answers are shown' },
  { name: 'colours', toolchain: 'c', about: 'What a terminal can show: colours, attributes, wide characters' },
  { name: 'du', toolchain: 'c', about: 'How much the files below a directory hold' },
  { name: 'echo-server', toolchain: 'c', about: 'Sends back what its callers send; needs a listening socket' },
  { name: 'env-args', toolchain: 'c', about: 'Prints arguments, environment, preopened directories, working directory' },
  { name: 'filetool', toolchain: 'c', about: 'Lists, reads, writes, appends, copies, renames, deletes, stats files' },
  { name: 'hello-as', toolchain: 'assemblyscript', about: 'Hello from AssemblyScript' },
  { name: 'hello-c', toolchain: 'c', about: 'Hello from C' },
  { name: 'hello-go', toolchain: 'go', about: 'Hello from Go' },
  { name: 'hello-rust', toolchain: 'rust', about: 'Hello from Rust' },
  { name: 'hello-zig', toolchain: 'zig', about: 'Hello from Zig' },
  { name: 'less', toolchain: 'c', about: 'Shows texts a screen at a time; q leaves, h helps' },
  { name: 'manyfiles', toolchain: 'c', about: 'Makes (or deletes) thousands of small files' },
  { name: 'probe', toolchain: 'c', about: 'Calls each function of the host ABI, and tells what this host answers' },
  { name: 'repeat', toolchain: 'c', about: 'Prints a line forever, or until N MiB' },
  { name: 'router', toolchain: 'rust', about: 'Answers what frontends say on the bus; knows a few commands' },
  { name: 'spin', toolchain: 'c', about: 'An endless loop that never calls its host; stop it' },
  { name: 'stat', toolchain: 'c', about: 'What is known of files: size, kind, links, times, in any form' },
  { name: 'threads', toolchain: 'c-threads', about: 'Counts primes with several threads' },
  { name: 'trap', toolchain: 'c', about: 'Traps: unreachable, memory, divide, stack, table or abort' },
  { name: 'tree', toolchain: 'c', about: 'Draws what is below directories' },
  { name: 'upper', toolchain: 'c', about: 'Copies files or input in upper case' },
  { name: 'webfront', toolchain: 'c', sources: ['callers.c', 'events.c', 'main.c', ...sdkC], about: 'A frontend for browsers: HTTP on a listening socket, answers by long polling' },
  { name: 'writer', toolchain: 'c', about: 'Writes big files, with fd_sync if asked, and checks them' },
];

/** The guest side of the benchmarks; no part of the base layer. Path from the top of the project. */
export const benchGuest = { name: 'bench-guest', toolchain: 'c', level: '-O2', output: 'e2e/bench/guest/bench.wasm' };

/** Guests that only tests run; no part of the base layer either. */
export const testGuests = [
  { name: 'asleep', toolchain: 'c-threads', output: 'src/testing/guests/asleep.wasm' },
  { name: 'thread-bus', toolchain: 'c-threads', output: 'src/testing/guests/thread-bus.wasm' },
  { name: 'thread-guest', toolchain: 'c-threads', output: 'src/testing/guests/thread-guest.wasm' },
  { name: 'high-memory', toolchain: 'c-high', output: 'src/testing/guests/high-memory.wasm' },
  { name: 'host-guest', toolchain: 'c', level: '-O2', output: 'src/testing/guests/host-guest.wasm' },
  { name: 'sdk-check-c', toolchain: 'c', folder: 'sdk/c', sources: ['tests/check.c', 'astrid.c', 'astrid_store.c'], output: 'src/testing/guests/sdk-check-c.wasm' },
  { name: 'sdk-check-rust', toolchain: 'rust', folder: 'sdk/rust', sources: ['examples/check.rs'], output: 'src/testing/guests/sdk-check-rust.wasm' },
  { name: 'sdk-check-go', toolchain: 'go', folder: 'sdk/go', sources: ['./check'], output: 'src/testing/guests/sdk-check-go.wasm.gz' },
  { name: 'sdk-check-as', toolchain: 'assemblyscript', folder: 'sdk/assemblyscript', sources: ['tests/check.ts'], output: 'src/testing/guests/sdk-check-as.wasm' },
  { name: 'crash-guest', toolchain: 'c', output: 'e2e/crash/crash-guest.wasm' },
];

/** Directories of the base layer beside those that files imply. */
export const directories = ['/bin', '/branch', '/bus', '/dev', '/etc', '/history', '/home', '/home/data', '/logs', '/mnt', '/proc', '/tmp'];

/** Text and picture files of the base layer, kept in wasm-samples/namespace under the same path. */
export const files = [
  { path: '/bin/chat-echo-as.component.toml', about: 'What chat-echo-as may do' },
  { path: '/bin/chat-echo-c.component.toml', about: 'What chat-echo-c may do' },
  { path: '/bin/chat-echo-go.component.toml', about: 'What chat-echo-go may do' },
  { path: '/bin/chat-echo-rust.component.toml', about: 'What chat-echo-rust may do' },
  { path: '/bin/cli.component.toml', about: 'What cli may do' },
  { path: '/bin/probe.component.toml', about: 'What probe may do' },
  { path: '/bin/router.component.toml', about: 'What router may do' },
  { path: '/bin/sh', about: 'The shell' },
  { path: '/bin/webfront.component.toml', about: 'What webfront may do' },
  { path: '/etc/motd', about: 'The first line of a terminal' },
  { path: '/etc/policy.toml', about: 'What programs may do outside of their sandboxes' },
  { path: '/etc/shrc', about: 'What each shell with a prompt runs first' },
  { path: '/home/data/orders.csv', about: 'Orders of a small shop, 200 lines' },
  { path: '/home/pixel.png', about: 'A small picture' },
  { path: '/home/welcome.md', about: 'Start here' },
];
