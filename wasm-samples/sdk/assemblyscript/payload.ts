import { address, utf8 } from "./host";

/** How a payload is encoded: its multicodec. */
export namespace Content {
  /** Bytes, or text. */
  export const RAW: i32 = 0x55;
  export const CBOR: i32 = 0x51;
  export const JSON: i32 = 0x200;
  export const MSGPACK: i32 = 0x201;
}

/** A body with its content type before it, as it is sent. Up to 16 MiB. */
export class Payload {
  private constructor(readonly bytes: ArrayBuffer) {}

  /** A body that is encoded already. */
  static encode(content: i32, body: ArrayBuffer): Payload {
    const prefix = content < 0x80 ? 1 : 2;
    const bytes = new ArrayBuffer(body.byteLength + prefix);
    store<u8>(address(bytes), prefix == 1 ? content : (content & 0x7f) | 0x80);
    if (prefix == 2) store<u8>(address(bytes), content >> 7, 1);
    memory.copy(address(bytes) + prefix, address(body), body.byteLength);
    return new Payload(bytes);
  }

  /** Text, as raw. */
  static text(text: string): Payload {
    return Payload.encode(Content.RAW, utf8(text));
  }

  /** JSON text; see `JsonObject`. */
  static json(text: string): Payload {
    return Payload.encode(Content.JSON, utf8(text));
  }
}

/** `text` as a JSON string, with its quotes. */
export function quote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x22 || c == 0x5c) out += "\\" + text.charAt(i);
    else if (c < 0x20) out += "\\u00" + (c < 16 ? "0" : "") + c.toString(16);
    else out += text.charAt(i);
  }
  return out + '"';
}

/** A JSON object, member by member: `new JsonObject().text("text", line).payload()`. */
export class JsonObject {
  private body: string = "";

  /** A member that is JSON text already. */
  value(name: string, json: string): JsonObject {
    this.body += (this.body.length > 0 ? "," : "") + quote(name) + ":" + json;
    return this;
  }

  text(name: string, text: string): JsonObject {
    return this.value(name, quote(text));
  }

  number(name: string, number: f64): JsonObject {
    return this.value(name, isFinite(number) ? number.toString() : "null");
  }

  bool(name: string, value: bool): JsonObject {
    return this.value(name, value ? "true" : "false");
  }

  toString(): string {
    return "{" + this.body + "}";
  }

  payload(): Payload {
    return Payload.json(this.toString());
  }
}

/**
 * The member `name` of a JSON object: the text of a string, any other value as its JSON text. null: it has none, or it is no JSON object.
 * What is nested is skipped by its brackets, up to 64 deep.
 */
export function member(json: string, name: string): string | null {
  const scan = new Scan(json);
  if (!scan.take(0x7b) || scan.take(0x7d)) return null;
  do {
    scan.blanks();
    const key = scan.text();
    if (key === null || !scan.take(0x3a)) return null;
    scan.blanks();
    const from = scan.at;
    if (!scan.skip()) return null;
    if (key == name) return json.charCodeAt(from) == 0x22 ? new Scan(json, from).text() : json.substring(from, scan.at);
  } while (scan.take(0x2c));
  return null;
}

class Scan {
  constructor(readonly json: string, public at: i32 = 0) {}

  private peek(): i32 {
    return this.at < this.json.length ? this.json.charCodeAt(this.at) : -1;
  }

  blanks(): void {
    while (this.peek() == 0x20 || (this.peek() >= 9 && this.peek() <= 13)) this.at++;
  }

  take(c: i32): bool {
    this.blanks();
    if (this.peek() != c) return false;
    this.at++;
    return true;
  }

  /** A string from its quote on; null: it is none. */
  text(): string | null {
    if (this.peek() != 0x22) return null;
    this.at++;
    let out = "";
    while (true) {
      const c = this.peek();
      if (c < 0x20) return null;
      this.at++;
      if (c == 0x22) return out;
      if (c != 0x5c) {
        out += String.fromCharCode(c);
        continue;
      }
      const one = this.escape();
      if (one < 0) return null;
      out += String.fromCharCode(one);
    }
  }

  private escape(): i32 {
    const c = this.peek();
    this.at++;
    switch (c) {
      case 0x22: case 0x5c: case 0x2f: return c;
      case 0x62: return 8;
      case 0x66: return 12;
      case 0x6e: return 10;
      case 0x72: return 13;
      case 0x74: return 9;
      case 0x75: return this.hex();
    }
    return -1;
  }

  private hex(): i32 {
    let value = 0;
    for (let i = 0; i < 4; i++, this.at++) {
      const c = this.peek();
      const lower = c | 0x20;
      if (c >= 0x30 && c <= 0x39) value = (value << 4) | (c - 0x30);
      else if (lower >= 0x61 && lower <= 0x66) value = (value << 4) | (lower - 0x57);
      else return -1;
    }
    return value;
  }

  /** Over one value: a string, a word, or what brackets hold. */
  skip(): bool {
    let kinds: u64 = 0;
    let depth = 0;
    do {
      this.blanks();
      const c = this.peek();
      if (c < 0) return false;
      if (c == 0x22) {
        if (this.text() === null) return false;
        continue;
      }
      if (c == 0x7b || c == 0x5b) {
        if (depth++ == 64) return false;
        kinds = (kinds << 1) | (c == 0x7b ? 1 : 0);
      } else if (c == 0x7d || c == 0x5d) {
        if (depth-- == 0 || (kinds & 1) != <u64>(c == 0x7d ? 1 : 0)) return false;
        kinds >>= 1;
      } else if (depth == 0) {
        while (this.peek() > 0x20 && this.peek() != 0x2c && this.peek() != 0x5d && this.peek() != 0x7d) this.at++;
        return true;
      }
      this.at++;
    } while (depth > 0);
    return true;
  }
}
