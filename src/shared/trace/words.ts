import type { TracedCall, TraceValue } from '../abi/index.ts';
import { errnoName } from '../base/index.ts';
import { callNamed, type ArgKind } from './calls.ts';

type Flags = readonly (readonly [bit: number, name: string])[];

const bits = (...names: string[]): Flags => names.map((name, at) => [2 ** at, name] as const);

const RIGHTS = bits(
  'FD_DATASYNC', 'FD_READ', 'FD_SEEK', 'FD_FDSTAT_SET_FLAGS', 'FD_SYNC', 'FD_TELL', 'FD_WRITE', 'FD_ADVISE', 'FD_ALLOCATE', 'PATH_CREATE_DIRECTORY', 'PATH_CREATE_FILE',
  'PATH_LINK_SOURCE', 'PATH_LINK_TARGET', 'PATH_OPEN', 'FD_READDIR', 'PATH_READLINK', 'PATH_RENAME_SOURCE', 'PATH_RENAME_TARGET', 'PATH_FILESTAT_GET', 'PATH_FILESTAT_SET_SIZE',
  'PATH_FILESTAT_SET_TIMES', 'FD_FILESTAT_GET', 'FD_FILESTAT_SET_SIZE', 'FD_FILESTAT_SET_TIMES', 'PATH_SYMLINK', 'PATH_REMOVE_DIRECTORY', 'PATH_UNLINK_FILE', 'POLL_FD_READWRITE',
  'SOCK_SHUTDOWN', 'SOCK_ACCEPT',
);

/** Sets of flags by kind: bit → name. */
const FLAGS: Partial<Record<ArgKind, Flags>> = {
  oflags: bits('O_CREAT', 'O_DIRECTORY', 'O_EXCL', 'O_TRUNC'),
  fdflags: bits('APPEND', 'DSYNC', 'NONBLOCK', 'RSYNC', 'SYNC'),
  lookup: bits('SYMLINK_FOLLOW'),
  rights: RIGHTS,
  fstflags: bits('ATIM', 'ATIM_NOW', 'MTIM', 'MTIM_NOW'),
  riflags: bits('PEEK', 'WAITALL'),
  sdflags: bits('RD', 'WR'),
  openFlags: bits('READ', 'WRITE', 'CREATE', 'NEW', 'TRUNCATE', 'APPEND'),
  grants: bits('READ', 'WRITE', 'CREATE', 'DELETE'),
};

/** Numbers that have a name, by kind. */
const NAMES: Partial<Record<ArgKind, readonly string[]>> = {
  whence: ['SEEK_SET', 'SEEK_CUR', 'SEEK_END'],
  clock: ['CLOCK_REALTIME', 'CLOCK_MONOTONIC', 'CLOCK_PROCESS_CPUTIME_ID', 'CLOCK_THREAD_CPUTIME_ID'],
  advice: ['NORMAL', 'SEQUENTIAL', 'RANDOM', 'WILLNEED', 'DONTNEED', 'NOREUSE'],
  level: ['trace', 'debug', 'info', 'warn', 'error'],
  signal: [
    'NONE', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGUSR1', 'SIGSEGV', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCHLD',
    'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM', 'SIGPROF', 'SIGWINCH', 'SIGPOLL', 'SIGPWR', 'SIGSYS',
  ],
};

/** All rights that there are: what C libraries ask for. */
const ALL_RIGHTS = 2 ** RIGHTS.length - 1;

function setOf(flags: Flags, value: number): string {
  let rest = value;
  const names: string[] = [];
  for (const [bit, name] of flags) {
    if (Math.floor(value / bit) % 2 === 0) continue;
    names.push(name);
    rest -= bit;
  }
  if (rest !== 0 || names.length === 0) names.push(rest === 0 ? '0' : `0x${rest.toString(16)}`);
  return names.join('|');
}

/** Names of a long set that are told where it is to be short. */
const SHORT_SET = 3;

/** `FD_READ|FD_SEEK|FD_TELL|...+20`. */
function shortened(text: string): string {
  const names = text.split('|');
  return names.length <= SHORT_SET + 1 ? text : `${names.slice(0, SHORT_SET).join('|')}|...+${names.length - SHORT_SET}`;
}

/** As {@link argumentText}, with the first names only of long sets of rights. */
export function shortArgumentText(kind: ArgKind, value: TraceValue): string {
  if (kind !== 'rights') return argumentText(kind, value);
  let text = knownRights.get(value);
  if (text === undefined) {
    if (knownRights.size === KNOWN_MAX) knownRights.clear();
    knownRights.set(value, (text = shortened(argumentText(kind, value))));
  }
  return text;
}

/** Programs ask for the same few sets again and again. */
const knownRights = new Map<TraceValue, string>();
const KNOWN_MAX = 64;

/** An argument in words, by its kind: `O_CREAT|O_TRUNC`, `SEEK_END`, `0x1f00`. Of descriptors, lengths and other counts the number. */
export function argumentText(kind: ArgKind, value: TraceValue): string {
  if (typeof value === 'string') return kind === 'rights' ? `0x${BigInt(value).toString(16)}` : value;
  const names = NAMES[kind];
  if (names) return names[value] ?? String(value);
  const flags = FLAGS[kind];
  if (flags) return kind === 'rights' && (value === ALL_RIGHTS || value === ALL_RIGHTS - 2 ** 29) ? 'ALL' : setOf(flags, value);
  if (kind === 'ptr' || kind === 'path' || kind === 'text' || kind.startsWith('out')) return value === 0 ? 'NULL' : `0x${value.toString(16)}`;
  return String(value);
}

const MESSAGES: Readonly<Record<string, string>> = {
  E2BIG: 'Argument list too long', EACCES: 'Permission denied', EADDRINUSE: 'Address already in use', EADDRNOTAVAIL: 'Cannot assign requested address', EAGAIN: 'Resource temporarily unavailable',
  EBADF: 'Bad file descriptor', EBADMSG: 'Bad message', EBUSY: 'Device or resource busy', ECANCELED: 'Operation canceled', ECHILD: 'No child processes', ECONNABORTED: 'Connection aborted',
  ECONNREFUSED: 'Connection refused', ECONNRESET: 'Connection reset by peer', EDEADLK: 'Resource deadlock avoided', EDOM: 'Argument out of domain', EDQUOT: 'Quota exceeded', EEXIST: 'File exists',
  EFAULT: 'Bad address', EFBIG: 'File too large', EHOSTUNREACH: 'No route to host', EILSEQ: 'Invalid byte sequence', EINPROGRESS: 'Operation in progress', EINTR: 'Interrupted function',
  EINVAL: 'Invalid argument', EIO: 'Input/output error', EISCONN: 'Socket is connected', EISDIR: 'Is a directory', ELOOP: 'Too many levels of symbolic links', EMFILE: 'Too many open files',
  EMLINK: 'Too many links', EMSGSIZE: 'Message too long', ENAMETOOLONG: 'File name too long', ENETUNREACH: 'Network unreachable', ENFILE: 'Too many open files in system', ENOBUFS: 'No buffer space available',
  ENODEV: 'No such device', ENOENT: 'No such file or directory', ENOEXEC: 'Executable format error', ENOLCK: 'No locks available', ENOMEM: 'Not enough memory', ENOSPC: 'No space left on device',
  ENOSYS: 'Function not implemented', ENOTCAPABLE: 'Capabilities insufficient', ENOTCONN: 'Socket not connected', ENOTDIR: 'Not a directory', ENOTEMPTY: 'Directory not empty', ENOTSOCK: 'Not a socket',
  ENOTSUP: 'Not supported', ENOTTY: 'Inappropriate device for ioctl', ENXIO: 'No such device or address', EOVERFLOW: 'Value too large', EPERM: 'Operation not permitted', EPIPE: 'Broken pipe',
  EPROTO: 'Protocol error', ERANGE: 'Result too large', EROFS: 'Read-only file system', ESPIPE: 'Illegal seek', ESRCH: 'No such process', ESTALE: 'Stale file handle', ETIMEDOUT: 'Operation timed out',
  ETXTBSY: 'Text file busy', EXDEV: 'Cross-device link',
};

/** `No such file or directory` for 44; the name where there is no better word. */
export function errnoMessage(errno: number): string {
  const name = errnoName(errno);
  return MESSAGES[name] ?? name;
}

/** What of a text is printed as it is by {@link quoted}. */
const PLAIN = /[^\x20-\x7e]|["\\]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

/** In double quotes; all but printable ASCII is escaped, so that no program's text does anything where it is shown. */
export function quoted(text: string): string {
  return `"${text.replace(PLAIN, (one) => SHORT[one] ?? `\\u{${one.codePointAt(0)!.toString(16)}}`)}"`;
}

/** An argument of a call as it is to be shown. */
export interface ShownArgument {
  name: string;
  kind: ArgKind;
  value: TraceValue;
  /** In words. */
  text: string;
}

/** The arguments of a call with their names and in words, in the order of the interface; of an unknown call the numbers. */
export function shownArguments({ call, args }: Pick<TracedCall, 'call' | 'args'>): ShownArgument[] {
  const spec = callNamed(call);
  return args.map((value, at) => {
    const { name = `#${at}`, kind = 'num' } = spec?.args[at] ?? {};
    return { name, kind, value, text: argumentText(kind, value) };
  });
}
