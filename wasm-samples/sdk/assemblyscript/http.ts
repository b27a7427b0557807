import { Errno } from "./errno";
import * as host from "./host";
import { address, failed, scratch, utf8 } from "./host";

const HEAD_MAX = 1 << 20;

/** A response; its body streams in. `close` cancels what is not yet read. */
export class Response {
  status: i32 = 0;
  /** Status line and fields, lines ended by CR LF. */
  head: string = "";
  private rest: ArrayBuffer = new ArrayBuffer(0);

  private constructor(private handle: i32) {}

  /**
   * Sends a request to an absolute URL, and waits for the head of the response. `headers`: lines, each ended by CR LF. null: EHOSTUNREACH, no
   * connection, or the server does not allow it (CORS); EPROTO, no HTTP; EMSGSIZE, a head of more than 1 MiB.
   */
  static fetch(method: string, url: string, headers: string = "", body: ArrayBuffer = new ArrayBuffer(0)): Response | null {
    const length = body.byteLength > 0 ? "content-length: " + body.byteLength.toString() + "\r\n" : "";
    const head = utf8(method + " " + url + " HTTP/1.1\r\n" + headers + length + "\r\n");
    const request = join(head, head.byteLength, body, body.byteLength);
    if (failed(host.http_request(address(request), request.byteLength, scratch))) return null;
    const response = new Response(load<i32>(scratch));
    if (response.readHead()) return response;
    response.close();
    return null;
  }

  private readHead(): bool {
    let all = new ArrayBuffer(0);
    const part = new ArrayBuffer(4096);
    while (true) {
      const count = host.readSome(this.handle, part);
      if (count < 0) return false;
      all = join(all, all.byteLength, part, count);
      const end = endOfHead(all);
      if (end > 0) {
        this.rest = all.slice(end);
        return this.parse(String.UTF8.decode(all.slice(0, end)));
      }
      if (count == 0 || all.byteLength > HEAD_MAX) return !failed(count == 0 ? Errno.EPROTO : Errno.EMSGSIZE);
    }
  }

  private parse(head: string): bool {
    this.head = head;
    let status = 0;
    for (let i = 9; i < 12; i++) {
      const digit = i < head.length ? head.charCodeAt(i) - 0x30 : -1;
      status = digit < 0 || digit > 9 ? -1000 : status * 10 + digit;
    }
    this.status = status;
    return !failed(head.startsWith("HTTP/1.") && head.charAt(8) == " " && status >= 0 ? 0 : Errno.EPROTO);
  }

  /** The first field of this name, in any case; null for none. */
  header(name: string): string | null {
    const lines = this.head.split("\r\n");
    for (let i = 1; i < lines.length; i++) {
      const colon = lines[i].indexOf(":");
      if (colon > 0 && lines[i].substring(0, colon).toLowerCase() == name.toLowerCase()) return lines[i].substring(colon + 1).trim();
    }
    return null;
  }

  /** More of the body, at most as much as `room` has. How many bytes: 0 the end, -1 for `lastErrno`. */
  read(room: ArrayBuffer): i32 {
    if (this.rest.byteLength == 0) return host.readSome(this.handle, room);
    const count = min(room.byteLength, this.rest.byteLength);
    memory.copy(address(room), address(this.rest), count);
    this.rest = this.rest.slice(count);
    return count;
  }

  close(): void {
    host.fd_close(this.handle);
  }
}

function join(a: ArrayBuffer, aLength: i32, b: ArrayBuffer, bLength: i32): ArrayBuffer {
  const both = new ArrayBuffer(aLength + bLength);
  memory.copy(address(both), address(a), aLength);
  memory.copy(address(both) + aLength, address(b), bLength);
  return both;
}

/** Behind the empty line; 0 while it is not there. */
function endOfHead(bytes: ArrayBuffer): i32 {
  for (let i = 4; i <= bytes.byteLength; i++) {
    if (load<u32>(address(bytes) + i - 4) == 0x0a0d0a0d) return i;
  }
  return 0;
}
