/**
 * The host in memory, for unit tests in node of programs that are built for it (in any language). It follows ABI.md.
 *
 *     const host = new MockHost();
 *     const { code, output } = host.run(module, { pid: 2 });
 *
 * Several programs may be run on one host, one after the other. Nothing ever waits: what would wait for ever is EDEADLK; what has a deadline moves
 * the clock there. Each program has one preopened directory, /home, as descriptor 3.
 */
import { MockFiles } from './mock-files.mjs';

export const Errno = {
  EACCES: 2, EAGAIN: 6, EALREADY: 7, EBADF: 8, EBADMSG: 9, ECHILD: 12, EDEADLK: 16, EEXIST: 20, EHOSTUNREACH: 23, EINVAL: 28, EISDIR: 31,
  EMSGSIZE: 35, ENAMETOOLONG: 37, ENOENT: 44, ENOSYS: 52, ENOTDIR: 54, EPERM: 63, ERANGE: 68, ETIMEDOUT: 73, ENOTCAPABLE: 76,
};

const PREFIXES = [[0x55], [0x80, 4], [0x51], [0x81, 4]];
const PAYLOAD_MAX = 16 << 20;
const HEADER = 48;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}

function valid(subject, pattern) {
  const parts = subject.split('.');
  const good = (part, index) => {
    if (part === '*') return pattern;
    if (part === '>') return pattern && index === parts.length - 1;
    return part !== '' && !/[\s\p{Cc}]/u.test(part);
  };
  return encoder.encode(subject).length <= 256 && parts.every(good);
}

function matches(pattern, subject) {
  const [wanted, parts] = [pattern.split('.'), subject.split('.')];
  const tail = wanted.at(-1) === '>';
  if (tail ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((one, index) => one === '*' || (tail && index === wanted.length - 1) || one === parts[index]);
}

function payloadFault(payload) {
  if (payload.length > PAYLOAD_MAX) return Errno.EMSGSIZE;
  return PREFIXES.some((prefix) => prefix.every((byte, at) => payload[at] === byte)) ? 0 : Errno.EINVAL;
}

class Mailbox {
  frames = [];
  lost = 0;

  constructor({ pattern = '', group = '', policy = 0, capacity = 65536, deadline }) {
    Object.assign(this, { pattern, group, policy, capacity, deadline });
  }

  fits(size) {
    return this.frames.reduce((sum, { length }) => sum + length, size) <= this.capacity;
  }

  deliver(frame) {
    for (; this.frames.length > 0 && !this.fits(frame.length); this.lost++) this.frames.shift();
    if (this.fits(frame.length)) this.frames.push(frame.slice());
    else this.lost++;
  }
}

export class MockHost {
  now = 0n;
  sent = 0;
  /** What was logged: `{pid, level, fields}`. */
  logged = [];
  /** What asking for a capability gets; 0 is a token for /home. */
  answer = Errno.EACCES;
  /** What programs that are started exit with. */
  exitStatus = 0;
  files = new MockFiles(Errno);
  #mailboxes = new Set();
  #lastValues = new Map();
  #asked = new Map();
  #failures = new Map();
  #responses = new Map();
  #children = 0;

  /** The next call of the host's function of this name ("publish", "kv_set") fails. */
  failNext(call, errno) {
    this.#failures.set(call, errno);
  }

  /** What a request for `url` gets: the response as it goes over the wire. */
  respond(url, response) {
    this.#responses.set(url, encoder.encode(response));
  }

  /** A message as another process would send it; text is raw. */
  publish(subject, text, { pid = 0, type = '', retain = false } = {}) {
    return this.#publish(pid, subject, new Uint8Array([0x55, ...encoder.encode(text)]), type, retain);
  }

  /** Everything that is published from here on: an array that grows, of `{subject, type, pid, text}`. */
  listen(pattern) {
    const seen = [];
    const mailbox = new Mailbox({ pattern, capacity: Infinity });
    mailbox.deliver = (frame) => {
      const view = new DataView(frame.buffer);
      const [subject, type] = [view.getUint16(6, true), view.getUint16(12, true)];
      const part = (from, to) => decoder.decode(frame.subarray(from, to));
      const payload = frame.subarray(HEADER + subject + type);
      const text = decoder.decode(payload.subarray(payload[0] < 0x80 ? 1 : 2));
      seen.push({ subject: part(HEADER, HEADER + subject), type: part(HEADER + subject, HEADER + subject + type), pid: view.getUint32(8, true), text });
    };
    this.#mailboxes.add(mailbox);
    return seen;
  }

  /** Runs a module to its end: its exit code and what it wrote to standard output and standard error. */
  run(module, { pid = 1 } = {}) {
    const program = new Program(this, pid);
    const instance = new WebAssembly.Instance(module, program.imports());
    program.memory = instance.exports.memory;
    let code = 0;
    try {
      instance.exports._start();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      code = error.code;
    }
    return { code, output: program.output };
  }

  failure(call) {
    const errno = this.#failures.get(call) ?? 0;
    this.#failures.delete(call);
    return errno;
  }

  #frame(pid, subject, type, payload, flags, which) {
    const [name, kind] = [encoder.encode(subject), encoder.encode(type)];
    const frame = new Uint8Array(HEADER + name.length + kind.length + payload.length);
    const view = new DataView(frame.buffer);
    view.setUint32(0, frame.length, true);
    frame.set([1, flags], 4);
    view.setUint16(6, name.length, true);
    view.setUint32(8, pid, true);
    view.setUint16(12, kind.length, true);
    view.setBigUint64(16, BigInt(++this.sent), true);
    view.setBigUint64(24, this.now, true);
    view.setUint32(36, which, true);
    view.setUint32(40, payload.length, true);
    frame.set(name, HEADER);
    frame.set(kind, HEADER + name.length);
    frame.set(payload, HEADER + name.length + kind.length);
    return frame;
  }

  /** All that match; of each group one, in turn. */
  #receivers(subject) {
    const found = [...this.#mailboxes].filter(({ pattern }) => matches(pattern, subject));
    const groups = Map.groupBy ? Map.groupBy(found, ({ group }) => group) : found.reduce((map, one) => map.set(one.group, [...(map.get(one.group) ?? []), one]), new Map());
    return [...groups].flatMap(([group, members]) => (group === '' ? members : [members[this.sent % members.length]]));
  }

  #send(frame, subject) {
    const to = this.#receivers(subject);
    const full = to.find((mailbox) => mailbox.policy !== 0 && !mailbox.fits(frame.length));
    if (full) return { errno: full.policy === 2 ? Errno.EAGAIN : Errno.EDEADLK };
    for (const mailbox of to) mailbox.deliver(frame);
    return { errno: 0, count: to.length };
  }

  #publish(pid, subject, payload, type, retain) {
    const fault = this.failure('publish') || (valid(subject, false) ? payloadFault(payload) : Errno.EINVAL);
    if (fault) return fault;
    const frame = this.#frame(pid, subject, type, payload, 0, 0);
    const { errno } = this.#send(frame, subject);
    if (errno === 0 && retain) {
      frame[5] |= 1;
      this.#lastValues.set(subject, frame);
    }
    return errno;
  }

  publishBytes(pid, subject, payload, type, retain) {
    return this.#publish(pid, subject, payload, type, retain);
  }

  subscribe({ lastValues, ...options }) {
    const capacity = options.capacity || 65536;
    const fault = this.failure('subscribe') || (valid(options.pattern, true) && options.policy <= 2 && (capacity & (capacity - 1)) === 0 && capacity >= 4096 && capacity <= PAYLOAD_MAX ? 0 : Errno.EINVAL);
    if (fault) return { errno: fault };
    const mailbox = new Mailbox({ ...options, capacity });
    this.#mailboxes.add(mailbox);
    for (const [subject, frame] of lastValues ? this.#lastValues : []) if (matches(options.pattern, subject)) mailbox.deliver(frame);
    return { errno: 0, mailbox };
  }

  unsubscribe(mailbox) {
    this.#mailboxes.delete(mailbox);
    for (const [which, reply] of this.#asked) if (reply === mailbox) this.#asked.delete(which);
  }

  request(pid, subject, payload, deadline) {
    const fault = this.failure('request') || (valid(subject, false) ? payloadFault(payload) : Errno.EINVAL);
    if (fault) return { errno: fault };
    const which = this.sent + 1;
    const { errno, count } = this.#send(this.#frame(pid, subject, '', payload, 2, which), subject);
    if (errno || count === 0) return { errno: errno || Errno.EHOSTUNREACH };
    const mailbox = new Mailbox({ capacity: Infinity, deadline: this.now + deadline });
    this.#asked.set(which, mailbox);
    return { errno: 0, mailbox };
  }

  reply(pid, frame, payload) {
    const view = new DataView(frame.buffer, frame.byteOffset);
    const which = view.getUint32(36, true);
    const fault = this.failure('reply') || ((frame[5] & 2) === 0 ? Errno.EINVAL : payloadFault(payload)) || (this.#asked.has(which) ? 0 : Errno.ENOENT);
    if (fault) return fault;
    this.#asked.get(which).deliver(this.#frame(pid, 'reply', '', payload, 0, which));
    this.#asked.delete(which);
    return 0;
  }

  http(request) {
    const url = decoder.decode(request).split(' ')[1] ?? '';
    const errno = this.failure('http_request') || (this.#responses.has(url) ? 0 : Errno.ENOTCAPABLE);
    return { errno, bytes: this.#responses.get(url) };
  }

  spawn(path) {
    const errno = this.failure('spawn') || (path === '' ? Errno.ENOENT : 0);
    return { errno, pid: errno ? 0 : 100 + this.#children++ };
  }

  wait(pid) {
    return pid >= 100 && pid < 100 + this.#children ? { errno: 0, status: this.exitStatus } : { errno: Errno.ECHILD };
  }
}

/** One running module: its descriptors and its imports. */
class Program {
  output = '';
  #handles = new Map([[3, { kind: 'file', path: '/home', rights: 15, offset: 0 }]]);
  #next = 16;

  constructor(host, pid) {
    Object.assign(this, { host, pid });
  }

  view() {
    return new DataView(this.memory.buffer);
  }

  bytes(at, length) {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  text(at, length) {
    return decoder.decode(this.bytes(at, length));
  }

  u32(at, value) {
    this.view().setUint32(at, value, true);
    return 0;
  }

  open(handle) {
    this.#handles.set(this.#next, handle);
    return this.#next++;
  }

  handle(fd, kind) {
    const handle = this.#handles.get(fd);
    return handle && (kind === undefined || handle.kind === kind) ? handle : undefined;
  }

  /** Unknown functions answer ENOSYS, as the real host's do. */
  imports() {
    const rest = (known) => new Proxy(known, { get: (all, name) => all[name] ?? (() => Errno.ENOSYS), has: () => true });
    return { astrid: rest(this.#astrid()), wasi_snapshot_preview1: rest(this.#preview1()) };
  }

  #astrid() {
    const { host, pid } = this;
    return { ...this.#messages(), ...host.files.calls(this), astrid_pid: () => pid };
  }

  #mailbox({ errno, mailbox }, out) {
    return errno || this.u32(out, this.open({ kind: 'mailbox', mailbox }));
  }

  #messages() {
    const { host, pid } = this;
    return {
      astrid_publish: (subject, length, payload, size, options) => {
        const field = (index) => (options ? this.view().getUint32(options + 4 * index, true) : 0);
        return host.publishBytes(pid, this.text(subject, length), this.bytes(payload, size), this.text(field(1), field(2)), (field(0) & 1) !== 0);
      },
      astrid_subscribe: (at, length, options, out) => {
        const field = (index) => (options ? this.view().getUint32(options + 4 * index, true) : 0);
        const wanted = { pattern: this.text(at, length), lastValues: field(0) & 1, policy: field(1), capacity: field(2), group: this.text(field(3), field(4)) };
        return this.#mailbox(host.subscribe(wanted), out);
      },
      astrid_request: (subject, length, payload, size, deadline, out) => this.#mailbox(host.request(pid, this.text(subject, length), this.bytes(payload, size), deadline), out),
      astrid_reply: (message, payload, size) => host.reply(pid, this.bytes(message, HEADER), this.bytes(payload, size)),
      astrid_cap_request: (_action, _length, _deadline, out) => host.failure('cap_request') || host.answer || host.files.tokenCreate(this, 3, pid, 15, 1n << 62n, out),
      astrid_http_request: (request, size, out) => {
        const { errno, bytes } = host.http(this.bytes(request, size));
        return errno || this.u32(out, this.open({ kind: 'stream', bytes, offset: 0 }));
      },
      astrid_log: (level, fields, length) => void host.logged.push({ pid, level, fields: this.text(fields, length) }) ?? 0,
      astrid_spawn: (path, length, _args, _size, _grants, _grantsLength, out) => {
        const { errno, pid: child } = host.spawn(this.text(path, length));
        return errno || this.u32(out, child);
      },
      astrid_wait: (child, out) => {
        const { errno, status } = host.wait(child);
        return errno || this.u32(out, status);
      },
    };
  }

  #preview1() {
    return {
      fd_write: (fd, parts, count, out) => this.#write(fd, parts, count, out),
      fd_read: (fd, parts, _count, out) => this.#read(fd, this.bytes(this.view().getUint32(parts, true), this.view().getUint32(parts + 4, true)), out),
      fd_close: (fd) => this.#close(fd),
      fd_filestat_get: (fd, out) => this.#stat(fd, out),
      fd_prestat_get: (fd, out) => (fd === 3 ? this.u32(out, 0) || this.u32(out + 4, 5) : Errno.EBADF),
      fd_prestat_dir_name: (_fd, at, length) => void this.bytes(at, length).set(encoder.encode('/home').subarray(0, length)) ?? 0,
      poll_oneoff: (wanted, events, _count, out) => this.#poll(wanted, events, out),
      proc_exit: (code) => {
        throw new Exit(code);
      },
      clock_time_get: (_clock, _precision, out) => void this.view().setBigUint64(out, this.host.now, true) ?? 0,
      random_get: (at, length) => void crypto.getRandomValues(this.bytes(at, length)) ?? 0,
      args_sizes_get: (count, size) => this.u32(count, 0) || this.u32(size, 0),
      args_get: () => 0,
      environ_sizes_get: (count, size) => this.u32(count, 0) || this.u32(size, 0),
      environ_get: () => 0,
      fd_fdstat_get: (fd, out) => (fd > 2 ? Errno.EBADF : void this.bytes(out, 24).fill(0).set([2]) ?? 0),
      sched_yield: () => 0,
    };
  }

  #write(fd, parts, count, out) {
    if (fd !== 1 && fd !== 2) return Errno.EBADF;
    let written = 0;
    for (let i = 0; i < count; i++) {
      const length = this.view().getUint32(parts + 8 * i + 4, true);
      this.output += this.text(this.view().getUint32(parts + 8 * i, true), length);
      written += length;
    }
    return this.u32(out, written);
  }

  #read(fd, room, out) {
    const { kind, mailbox, bytes, offset } = this.handle(fd) ?? {};
    if (kind === 'stream') {
      const part = bytes.subarray(offset, offset + room.length);
      room.set(part);
      this.handle(fd).offset += part.length;
      return this.u32(out, part.length);
    }
    if (kind !== 'mailbox') return Errno.EBADF;
    const [frame] = mailbox.frames;
    if (!frame) {
      if (mailbox.deadline === undefined) return Errno.EDEADLK;
      if (this.host.now < mailbox.deadline) this.host.now = mailbox.deadline;
      return Errno.ETIMEDOUT;
    }
    if (frame.length > room.length) return Errno.EMSGSIZE;
    new DataView(frame.buffer).setUint32(44, mailbox.lost, true);
    mailbox.lost = 0;
    room.set(mailbox.frames.shift());
    return this.u32(out, frame.length);
  }

  #close(fd) {
    const handle = this.handle(fd);
    if (!handle || fd < 16) return Errno.EBADF;
    if (handle.mailbox) this.host.unsubscribe(handle.mailbox);
    this.#handles.delete(fd);
    return 0;
  }

  #stat(fd, out) {
    const { kind, mailbox } = this.handle(fd) ?? {};
    if (kind !== 'mailbox') return kind === 'file' ? this.host.files.stat(this, fd, '', out) : Errno.EBADF;
    this.bytes(out, 64).fill(0);
    return this.u32(out + 32, mailbox.frames[0]?.length ?? 0);
  }

  /** What the SDKs ask: one handle to read, one relative time. */
  #poll(wanted, events, out) {
    const view = this.view();
    const [subscription, clock] = [wanted, wanted + 48];
    const { mailbox } = this.handle(view.getUint32(subscription + 16, true)) ?? {};
    if (!mailbox || view.getUint8(subscription + 8) !== 1 || view.getUint8(clock + 8) !== 0) return Errno.EINVAL;
    const until = this.host.now + view.getBigUint64(clock + 24, true);
    const ready = mailbox.frames.length > 0 || (mailbox.deadline !== undefined && mailbox.deadline <= until);
    if (!ready) this.host.now = until;
    this.bytes(events, 32).fill(0);
    view.setBigUint64(events, view.getBigUint64(ready ? subscription : clock, true), true);
    return this.u32(out, 1);
  }
}
