import { Errno } from "./errno";
import * as host from "./host";
import { address, failed, scratch, utf8 } from "./host";
import { Content, Payload } from "./payload";

const HEADER: u32 = 48;
/** Wait without an end. */
export const FOREVER: i64 = -1;

/**
 * Sends a message to everyone who listens. `type`: such as `UserInput.v1`; empty: that of the subject, if it is registered. `retain` keeps it
 * as the subject's last value. Returns 0 or an errno: EINVAL, the subject has wildcards, blanks or empty parts, or the message has not the
 * shape of its registered type; EAGAIN, a mailbox that refuses is full; EMSGSIZE, more than 16 MiB; ENOTCAPABLE and EACCES, it is not allowed.
 */
export function publish(subject: string, payload: Payload, type: string = "", retain: bool = false): i32 {
  const name = utf8(subject);
  const kind = utf8(type);
  store<u32>(scratch, retain ? 1 : 0);
  store<u32>(scratch, <u32>address(kind), 4);
  store<u32>(scratch, <u32>kind.byteLength, 8);
  store<u32>(scratch, 0, 12);
  const errno = host.publish(address(name), name.byteLength, address(payload.bytes), payload.bytes.byteLength, scratch);
  failed(errno);
  return errno;
}

/** What happens when a mailbox is full. */
export namespace Policy {
  /** The oldest message goes, and is counted: `Message.lost`. */
  export const DROP_OLDEST: i32 = 0;
  /** Publishers wait. */
  export const BLOCK: i32 = 1;
  /** Publishers get EAGAIN. */
  export const REFUSE: i32 = 2;
}

/** A mailbox. `close` ends the subscription. */
export class Subscription {
  private constructor(readonly handle: i32) {}

  /**
   * All subjects that match: `*` stands for one part, `>` for the rest. `lastValues`: first the last values of them. `capacity`: bytes, a
   * power of two from 4 KiB to 16 MiB; 0 for 64 KiB. `group`: a queue group, of whose members one gets each message. null: see `lastErrno`.
   */
  static open(pattern: string, lastValues: bool = false, policy: i32 = Policy.DROP_OLDEST, capacity: i32 = 0, group: string = ""): Subscription | null {
    const name = utf8(pattern);
    const members = utf8(group);
    store<u32>(scratch, lastValues ? 1 : 0);
    store<u32>(scratch, policy, 4);
    store<u32>(scratch, capacity, 8);
    store<u32>(scratch, <u32>address(members), 12);
    store<u32>(scratch, <u32>members.byteLength, 16);
    store<u32>(scratch, 0, 20);
    const errno = host.subscribe(address(name), name.byteLength, scratch, scratch + 24);
    return failed(errno) ? null : new Subscription(load<i32>(scratch + 24));
  }

  /** The next message. `timeout`: nanoseconds to wait; 0 for not at all. null: EAGAIN, ETIMEDOUT, or what else `lastErrno` says. */
  receive(timeout: i64 = FOREVER): Message | null {
    if (timeout >= 0 && failed(waitFor(this.handle, timeout))) return null;
    return readMessage(this.handle);
  }

  close(): void {
    host.fd_close(this.handle);
  }
}

/** A question that waits for its reply. */
export class Pending {
  private constructor(private handle: i32) {}

  /** null: EHOSTUNREACH, nobody listens; or what else `lastErrno` says. `deadline` in nanoseconds. */
  static send(subject: string, payload: Payload, deadline: i64): Pending | null {
    const name = utf8(subject);
    const errno = host.request(address(name), name.byteLength, address(payload.bytes), payload.bytes.byteLength, deadline, scratch);
    return failed(errno) ? null : new Pending(load<i32>(scratch));
  }

  /** Waits for the reply, and ends the request. null: ETIMEDOUT, nobody answered by the deadline. */
  receive(): Message | null {
    const message = readMessage(this.handle);
    host.fd_close(this.handle);
    return message;
  }
}

/** Asks, and waits for the one reply. */
export function request(subject: string, payload: Payload, deadline: i64): Message | null {
  const pending = Pending.send(subject, payload, deadline);
  return pending === null ? null : pending.receive();
}

/** Whether it can be read within the time: 0, or EAGAIN (no time was given) or ETIMEDOUT. */
function waitFor(handle: i32, timeout: i64): i32 {
  const events = scratch + 96;
  memory.fill(scratch, 0, 96);
  store<u64>(scratch, 1);
  store<u8>(scratch, 1, 8);
  store<u32>(scratch, handle, 16);
  store<u32>(scratch, 1, 48 + 16);
  store<u64>(scratch, timeout, 48 + 24);
  const errno = host.poll_oneoff(scratch, events, 2, events + 64);
  if (errno != 0) return errno;
  const count = load<u32>(events + 64);
  for (let i: u32 = 0; i < count; i++) {
    const event = events + 32 * i;
    if (load<u64>(event) == 1) return load<u16>(event, 8);
  }
  return timeout == 0 ? Errno.EAGAIN : Errno.ETIMEDOUT;
}

/** A message that is larger than the room stays, and its size is told. */
function readMessage(handle: i32): Message | null {
  let room = new ArrayBuffer(4096);
  while (true) {
    const count = host.readSome(handle, room);
    if (count >= 0) return Message.parse(room.slice(0, count));
    if (host.lastErrno() != Errno.EMSGSIZE || failed(host.fd_filestat_get(handle, scratch))) return null;
    room = new ArrayBuffer(max(room.byteLength, <i32>load<u64>(scratch, 32)));
  }
}

/** What was received, with the attributes of CloudEvents. */
export class Message {
  private constructor(
    private frame: ArrayBuffer,
    readonly subject: string,
    /** Such as `UserInput.v1`; empty for none. */
    readonly type: string,
    readonly content: i32,
    /** Without the content type. */
    readonly body: ArrayBuffer,
  ) {}

  static parse(frame: ArrayBuffer): Message | null {
    const at = address(frame);
    const size = <u32>frame.byteLength;
    if (size < HEADER || load<u8>(at, 4) != 1) return this.broken();
    const subject = <u32>load<u16>(at, 6);
    const type = <u32>load<u16>(at, 12);
    const from = HEADER + subject + type;
    if (<u64>from + load<u32>(at, 40) != size || from == size) return this.broken();
    const first = <i32>load<u8>(at + from);
    const prefix: u32 = first < 0x80 ? 1 : 2;
    if (from + prefix > size) return this.broken();
    const content = prefix == 1 ? first : (first & 0x7f) | (<i32>load<u8>(at + from, 1) << 7);
    const name = String.UTF8.decodeUnsafe(at + HEADER, subject);
    return new Message(frame, name, String.UTF8.decodeUnsafe(at + HEADER + subject, type), content, frame.slice(from + prefix));
  }

  private static broken(): Message | null {
    failed(Errno.EPROTO);
    return null;
  }

  /** The body as text. */
  get text(): string {
    return String.UTF8.decode(this.body);
  }

  get isJson(): bool {
    return this.content == Content.JSON;
  }

  /** Pid of the sender; 0 the kernel or the page. */
  get source(): u32 {
    return load<u32>(address(this.frame), 8);
  }

  /** The sender's count; unique together with the source. */
  get id(): u64 {
    return load<u64>(address(this.frame), 16);
  }

  /** Nanoseconds since 1970. */
  get time(): u64 {
    return load<u64>(address(this.frame), 24);
  }

  /** Messages that the mailbox dropped just before this one. */
  get lost(): u32 {
    return load<u32>(address(this.frame), 44);
  }

  /** A last value, from before the subscription. */
  get retained(): bool {
    return (load<u8>(address(this.frame), 5) & 1) != 0;
  }

  /** It can be answered. */
  get isRequest(): bool {
    return (load<u8>(address(this.frame), 5) & 2) != 0;
  }

  /** Answers a request; that needs no grant. EINVAL: it was none; ENOENT: it was answered, or nobody waits any more. */
  reply(payload: Payload): i32 {
    const errno = host.reply(address(this.frame), address(payload.bytes), payload.bytes.byteLength);
    failed(errno);
    return errno;
  }
}
