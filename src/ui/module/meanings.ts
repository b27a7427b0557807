/** What an import lets a program do, as a heading and in a line. */
export interface Meaning {
  group: string;
  text: string;
}

/** Groups in the order in which they are shown. */
export const GROUPS = [
  'Files', 'Terminal and streams', 'Arguments and environment', 'Clocks', 'Waiting', 'Randomness', 'Sockets', 'Its own end', 'Threads', 'Messages', 'Keys and values', 'HTTP', 'Other programs',
  'More rights', 'Component interfaces', 'Glue to a web page', 'Glue of Emscripten', 'Glue of AssemblyScript', 'Memory, tables and globals', 'Unknown',
] as const;

const table = (group: string, text: string): [string, Meaning][] => text.trim().split('\n').map((line) => {
  const [name = '', meaning = ''] = line.trim().split(/: (.*)/);
  return [name, { group, text: meaning }];
});

/** WASI preview 1 (`wasi_snapshot_preview1.witx`), also for the draft before it. */
const WASI = new Map<string, Meaning>([
  ...table('Files', `
    fd_advise: says how a file will be read
    fd_allocate: makes sure that a file has room
    fd_datasync: waits until a file's contents are stored
    fd_fdstat_get: asks what an open file allows
    fd_fdstat_set_flags: changes how an open file behaves
    fd_fdstat_set_rights: gives up rights of an open file
    fd_filestat_get: asks size, kind and times of an open file
    fd_filestat_set_size: cuts or lengthens a file
    fd_filestat_set_times: sets the times of an open file
    fd_pread: reads at a place of a file
    fd_pwrite: writes at a place of a file
    fd_prestat_get: asks which folders it was given
    fd_prestat_dir_name: asks for the name of a folder that it was given
    fd_readdir: lists a folder
    fd_renumber: gives an open file another number
    fd_seek: moves within a file
    fd_sync: waits until a file is stored
    fd_tell: asks where in a file it is
    path_create_directory: makes a folder
    path_filestat_get: asks size, kind and times of a path
    path_filestat_set_times: sets the times of a path
    path_link: gives a file a second name
    path_open: opens or makes a file
    path_readlink: reads where a link leads
    path_remove_directory: removes an empty folder
    path_rename: moves a file or folder
    path_symlink: makes a link
    path_unlink_file: deletes a file`),
  ...table('Terminal and streams', `
    fd_read: reads from a file, the terminal or a pipe
    fd_write: writes to a file, the terminal or a pipe
    fd_close: closes what it has open`),
  ...table('Arguments and environment', `
    args_get: reads its arguments
    args_sizes_get: asks how many arguments there are
    environ_get: reads its environment
    environ_sizes_get: asks how large its environment is`),
  ...table('Clocks', `
    clock_res_get: asks how fine a clock is
    clock_time_get: reads a clock`),
  ...table('Waiting', `
    poll_oneoff: sleeps, or waits for input
    sched_yield: lets others run`),
  ...table('Randomness', 'random_get: takes random bytes'),
  ...table('Sockets', `
    sock_accept: takes a connection
    sock_recv: receives from a connection
    sock_send: sends over a connection
    sock_shutdown: ends one direction of a connection`),
  ...table('Its own end', `
    proc_exit: ends with an exit code
    proc_raise: sends itself a signal`),
]);

/** The host ABI, module `astrid`. */
const ASTRID = new Map<string, Meaning>([
  ...table('Messages', `
    publish: sends a message
    subscribe: receives messages of a subject
    request: asks, and waits for an answer
    reply: answers a request
    log: writes a line to the log`),
  ...table('Keys and values', `
    kv_get: reads the value of a key
    kv_set: sets the value of a key
    kv_delete: deletes a key
    kv_has: asks whether a key is there
    kv_scan: lists keys
    kv_batch: changes several keys at once`),
  ...table('Files', `
    vfs_open_dir: opens a folder
    vfs_open: opens or makes a file
    vfs_read: reads from a file
    vfs_write: writes to a file
    vfs_stat: asks size and kind of a path
    vfs_list: lists a folder
    vfs_close: closes what it has open`),
  ...table('HTTP', 'http_request: makes a request to a server'),
  ...table('Other programs', `
    spawn: starts a program
    wait: waits for a program's end
    pid: asks for its own number`),
  ...table('More rights', `
    cap_request: asks for a right that it does not have
    token_create: makes a token that passes a right on
    token_redeem: takes the right of a token
    token_revoke: takes a token back`),
]);

const EMSCRIPTEN = /^(emscripten_|_emscripten_|__syscall_|invoke_|_?_cxa_|___|__assert_fail|_tzset|_mmap|_munmap|_abort_js|getTempRet0|setTempRet0|exit$|__resumeException)/;

/** What an import means in plain words. `known` tells whether anything here provides it is another question: see `judge`. */
export function meaningOf(module: string, name: string, kind: string): Meaning {
  if (kind !== 'function') return { group: 'Memory, tables and globals', text: `${kind === 'memory' ? 'a memory' : `a ${kind}`} that is made outside` };
  if (module === 'wasi_snapshot_preview1' || module === 'wasi_unstable') return WASI.get(name) ?? { group: 'Unknown', text: 'no function of WASI preview 1' };
  if (module === 'astrid') return ASTRID.get(name.replace(/^astrid_/, '')) ?? { group: 'Unknown', text: 'no function of the host ABI of this page' };
  if (module === 'wasi' && name === 'thread-spawn') return { group: 'Threads', text: 'starts a thread' };
  if (/^(\[export\])?wasi:|^cm32p2|^[a-z][\w-]*:[a-z][\w-]*\//.test(module)) return { group: 'Component interfaces', text: 'a function of preview 2, or of another component' };
  if (/^(\.\/.*_bg\.js|wbg|__wbindgen|__wbg)/.test(module) || /^__wbindgen|^__wbg_/.test(name)) return { group: 'Glue to a web page', text: 'wasm-bindgen: a call of JavaScript' };
  if (module === 'gojs' || module === 'go') return { group: 'Glue to a web page', text: 'Go for browsers: a call of JavaScript' };
  if (module === 'env' && (name === 'abort' || name === 'seed' || name === 'trace')) return { group: 'Glue of AssemblyScript', text: { abort: 'says why it gives up', seed: 'takes a random number', trace: 'prints for debugging' }[name] };
  if (module === 'env' && EMSCRIPTEN.test(name)) return { group: 'Glue of Emscripten', text: 'JavaScript of Emscripten does this' };
  return { group: 'Unknown', text: module === 'env' ? 'left open when the program was linked' : 'nothing here knows it' };
}
