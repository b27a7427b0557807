import { addMember, malformed, ValueReader } from './value-reader.ts';

/** Application-specific bytes of MessagePack, with their number (-128 … 127; below 0 they are the format's own, such as times). */
export class MsgpackExtension {
  readonly type: number;
  readonly bytes: Uint8Array;

  constructor(type: number, bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}

/**
 * One MessagePack value that takes all the bytes from `at` on. Maps become objects, whose members' names are text (numbers become text), whole
 * numbers bigints where they are not exact otherwise, extensions `MsgpackExtension`. @throws FsError EINVAL, E2BIG
 */
export function decodeMsgpack(bytes: Uint8Array, at: number): unknown {
  const reader = new ValueReader(bytes, at);
  const value = item(reader);
  if (reader.left > 0) throw malformed(`${reader.left} bytes after the value`);
  return value;
}

function item(reader: ValueReader): unknown {
  reader.count();
  const byte = reader.u8();
  if (byte < 0x80) return byte;
  if (byte < 0x90) return map(reader, byte & 15);
  if (byte < 0xa0) return list(reader, byte & 15);
  if (byte < 0xc0) return reader.text(byte & 31);
  if (byte >= 0xe0) return byte - 256;
  return byte < 0xca ? plain(reader, byte) : sized(reader, byte);
}

function plain(reader: ValueReader, byte: number): unknown {
  switch (byte) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xc4: return reader.slice(reader.u8());
    case 0xc5: return reader.slice(reader.u16());
    case 0xc6: return reader.slice(reader.u32());
    case 0xc7: return extension(reader, reader.u8());
    case 0xc8: return extension(reader, reader.u16());
    case 0xc9: return extension(reader, reader.u32());
    default: throw malformed('the byte 0xc1, which MessagePack never uses');
  }
}

function sized(reader: ValueReader, byte: number): unknown {
  switch (byte) {
    case 0xca: return reader.f32();
    case 0xcb: return reader.f64();
    case 0xcc: return reader.u8();
    case 0xcd: return reader.u16();
    case 0xce: return reader.u32();
    case 0xcf: return reader.u64();
    case 0xd0: return reader.i8();
    case 0xd1: return reader.i16();
    case 0xd2: return reader.i32();
    case 0xd3: return reader.i64();
    case 0xd9: return reader.text(reader.u8());
    case 0xda: return reader.text(reader.u16());
    case 0xdb: return reader.text(reader.u32());
    case 0xdc: return list(reader, reader.u16());
    case 0xdd: return list(reader, reader.u32());
    case 0xde: return map(reader, reader.u16());
    case 0xdf: return map(reader, reader.u32());
    default: return extension(reader, 1 << (byte - 0xd4));
  }
}

function extension(reader: ValueReader, length: number): MsgpackExtension {
  const type = reader.i8();
  return new MsgpackExtension(type, reader.slice(length));
}

function list(reader: ValueReader, size: number): unknown[] {
  reader.enter(size, 1);
  const values: unknown[] = [];
  while (values.length < size) values.push(item(reader));
  reader.leave();
  return values;
}

function map(reader: ValueReader, size: number): Record<string, unknown> {
  reader.enter(size, 2);
  const members: Record<string, unknown> = {};
  for (let n = 0; n < size; n++) {
    const key = item(reader);
    addMember(members, key, item(reader));
  }
  reader.leave();
  return members;
}
