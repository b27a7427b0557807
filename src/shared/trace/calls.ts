import type { TraceFamily } from '../abi/index.ts';

/**
 * How an argument is to be read. `path` and `text`: a pointer to bytes, whose length is the next argument; a path is looked up from the descriptor before it.
 * Names that begin with `out`: a pointer to where the call puts the one number that it gives back. All else are plain numbers and sets of flags.
 */
export const ARG_KINDS = [
  'fd', 'path', 'text', 'len', 'ptr', 'num', 'signed', 'wide', 'wideSigned', 'time', 'pid', 'outFd', 'outSize', 'outPid', 'outSigned', 'outWide', 'outTime',
  'oflags', 'fdflags', 'lookup', 'rights', 'whence', 'clock', 'advice', 'fstflags', 'riflags', 'sdflags', 'signal', 'level', 'openFlags', 'grants',
] as const;
export type ArgKind = (typeof ARG_KINDS)[number];

export interface CallArgument {
  name: string;
  kind: ArgKind;
  /** Passed as a 64-bit integer. */
  wide: boolean;
}

export interface CallSpec {
  /** Its number in records. */
  number: number;
  name: string;
  /** The module that guests import it from. */
  module: string;
  family: TraceFamily;
  args: readonly CallArgument[];
  /** What the function itself gives: an errno, a value (`astrid_pid`), a value or a negated errno (`thread-spawn`), or nothing, for it does not return. */
  returns: 'errno' | 'value' | 'negated' | 'never';
  /** Which argument tells where the one number is that it gives back; -1 for none. */
  result: number;
  /** Places of the arguments of kind `path` and `text`. */
  strings: readonly number[];
  /** The result is a count of bytes that were read or written. */
  moves: boolean;
}

/** `name family: argument:kind …`; kind left out: `ptr`. */
const PREVIEW1 = `
args_get system: argv argv_buf
args_sizes_get system: argc argv_buf_size
clock_res_get system: id:clock resolution:outTime
clock_time_get system: id:clock precision:wide time:outTime
environ_get system: environ environ_buf
environ_sizes_get system: count buf_size
fd_advise descriptors: fd:fd offset:wide len:wide advice:advice
fd_allocate descriptors: fd:fd offset:wide len:wide
fd_close descriptors: fd:fd
fd_datasync descriptors: fd:fd
fd_fdstat_get descriptors: fd:fd stat
fd_fdstat_set_flags descriptors: fd:fd flags:fdflags
fd_fdstat_set_rights descriptors: fd:fd rights_base:rights rights_inheriting:rights
fd_filestat_get descriptors: fd:fd stat
fd_filestat_set_size descriptors: fd:fd size:wide
fd_filestat_set_times descriptors: fd:fd atim:time mtim:time flags:fstflags
fd_pread read: fd:fd iovs iovs_len:len offset:wide nread:outSize
fd_prestat_dir_name descriptors: fd:fd path path_len:len
fd_prestat_get descriptors: fd:fd prestat
fd_pwrite write: fd:fd iovs iovs_len:len offset:wide nwritten:outSize
fd_read read: fd:fd iovs iovs_len:len nread:outSize
fd_readdir names: fd:fd buf buf_len:len cookie:wide used:outSize
fd_renumber descriptors: fd:fd to:fd
fd_seek descriptors: fd:fd offset:wideSigned whence:whence position:outWide
fd_sync descriptors: fd:fd
fd_tell descriptors: fd:fd position:outWide
fd_write write: fd:fd iovs iovs_len:len nwritten:outSize
path_create_directory names: fd:fd path:path path_len:len
path_filestat_get names: fd:fd flags:lookup path:path path_len:len stat
path_filestat_set_times names: fd:fd flags:lookup path:path path_len:len atim:time mtim:time fst_flags:fstflags
path_link names: old_fd:fd old_flags:lookup old_path:path old_path_len:len new_fd:fd new_path:path new_path_len:len
path_open names: fd:fd dirflags:lookup path:path path_len:len oflags:oflags rights_base:rights rights_inheriting:rights fdflags:fdflags opened:outFd
path_readlink names: fd:fd path:path path_len:len buf buf_len:len used:outSize
path_remove_directory names: fd:fd path:path path_len:len
path_rename names: fd:fd old_path:path old_path_len:len new_fd:fd new_path:path new_path_len:len
path_symlink names: target:text target_len:len fd:fd path:path path_len:len
path_unlink_file names: fd:fd path:path path_len:len
poll_oneoff wait: in out nsubscriptions:len nevents:outSize
proc_exit system never: code:num
proc_raise system: sig:signal
random_get system: buf buf_len:len
sched_yield system:
sock_accept network: fd:fd flags:fdflags accepted:outFd
sock_recv network: fd:fd ri_data ri_data_len:len ri_flags:riflags received:outSize ro_flags
sock_send network: fd:fd si_data si_data_len:len si_flags:num sent:outSize
sock_shutdown network: fd:fd how:sdflags`;

const WASI_THREADS = `
thread-spawn system negated: start`;

const ASTRID = `
astrid_publish messages: subject:text subject_len:len payload payload_len:len options
astrid_subscribe messages: pattern:text pattern_len:len options handle:outFd
astrid_request messages: subject:text subject_len:len payload payload_len:len deadline:wide handle:outFd
astrid_reply messages: message payload payload_len:len
astrid_kv_get system: namespace:text namespace_len:len key:text key_len:len buf buf_len:len size:outSize
astrid_kv_has system: namespace:text namespace_len:len key:text key_len:len found:outSize
astrid_kv_scan system: namespace:text namespace_len:len prefix:text prefix_len:len after after_len:len buf buf_len:len used:outSize
astrid_kv_set system: namespace:text namespace_len:len key:text key_len:len value value_len:len flags:num
astrid_kv_delete system: namespace:text namespace_len:len key:text key_len:len flags:num
astrid_kv_batch system: namespace:text namespace_len:len records records_len:len flags:num
astrid_vfs_open_dir names: dir:fd path:path path_len:len rights:grants handle:outFd
astrid_vfs_open names: dir:fd path:path path_len:len flags:openFlags handle:outFd
astrid_vfs_read read: fd:fd buf buf_len:len offset:wideSigned size:outSize
astrid_vfs_write write: fd:fd buf buf_len:len offset:wideSigned size:outSize
astrid_vfs_stat names: dir:fd path:path path_len:len stat
astrid_vfs_list names: dir:fd cookie:wide buf buf_len:len used:outSize
astrid_vfs_close descriptors: fd:fd
astrid_token_create system: fd:fd holder:pid rights:grants lifetime:wide token
astrid_token_redeem system: token handle:outFd
astrid_token_revoke system: token
astrid_cap_request wait: action:text action_len:len deadline:wide token
astrid_http_request network: request request_len:len response:outFd
astrid_spawn system: path:text path_len:len args args_len:len grants grants_len:len pid:outPid
astrid_wait wait: pid:pid status:outSigned
astrid_pid system value:
astrid_log messages: level:level fields:text fields_len:len`;

const WIDE: ReadonlySet<ArgKind> = new Set(['wide', 'wideSigned', 'time', 'rights']);

function parse(module: string, text: string, from: number): CallSpec[] {
  return text.trim().split('\n').map((line, at): CallSpec => {
    const [head = '', rest = ''] = line.split(/: ?(.*)/);
    const [name = '', family, returns = 'errno'] = head.split(' ');
    const args = rest.split(' ').filter((word) => word !== '').map((word): CallArgument => {
      const [argument = '', kind = 'ptr'] = word.split(':') as [string, ArgKind];
      return { name: argument, kind, wide: WIDE.has(kind) };
    });
    return {
      number: from + at, name, module, family: family as TraceFamily, args, returns: returns as CallSpec['returns'],
      result: args.findIndex(({ kind }) => kind.startsWith('out')),
      strings: args.flatMap(({ kind }, place) => (kind === 'path' || kind === 'text' ? [place] : [])),
      moves: family === 'read' || family === 'write' || name === 'sock_recv' || name === 'sock_send',
    };
  });
}

/** Of `wasi_snapshot_preview1` (and `wasi_unstable`, whose calls have the same names), `wasi` (threads) and `astrid`; at each place the call of that number. At most 255. */
export const CALLS: readonly CallSpec[] = [
  ...parse('wasi_snapshot_preview1', PREVIEW1, 0), ...parse('wasi', WASI_THREADS, 64), ...parse('astrid', ASTRID, 72),
].reduce<CallSpec[]>((table, spec) => {
  table[spec.number] = spec;
  return table;
}, []);

const byName = new Map<string, CallSpec>(CALLS.filter((spec) => spec !== undefined).map((spec) => [spec.name, spec]));

/** Undefined for a name that no interface has. */
export function callNamed(name: string): CallSpec | undefined {
  return byName.get(name);
}

/** All names, in the order of the interfaces. */
export const CALL_NAMES: readonly string[] = [...byName.keys()];
