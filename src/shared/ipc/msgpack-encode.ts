import { malformed } from './value-reader.ts';
import { checkDepth, encodable, isShort, utf8Of, type ValueWriter } from './value-writer.ts';

/** As one MessagePack value in its shortest form. @throws FsError EINVAL for what is no data, E2BIG, EMSGSIZE */
export function encodeMsgpack(value: unknown, writer: ValueWriter, depth = 0): void {
  checkDepth(depth);
  const data = encodable(value);
  switch (data.kind) {
    case 'null': return writer.u8(0xc0);
    case 'boolean': return writer.u8(data.value ? 0xc3 : 0xc2);
    case 'number': return number(writer, data.value);
    case 'bigint': return integer(writer, data.value);
    case 'text': return text(writer, data.value);
    case 'bytes': return bytes(writer, data.value);
    case 'list':
      size(writer, data.value.length, 0x90, 16, 0, 0xdc);
      return data.value.forEach((element) => encodeMsgpack(element, writer, depth + 1));
    case 'map':
      size(writer, data.value.length, 0x80, 16, 0, 0xde);
      return data.value.forEach(([name, member]) => {
        text(writer, name);
        encodeMsgpack(member, writer, depth + 1);
      });
  }
}

function text(writer: ValueWriter, value: string): void {
  if (isShort(value)) {
    size(writer, value.length, 0xa0, 32, 0xd9, 0xda);
    return writer.short(value);
  }
  const encoded = utf8Of(value);
  size(writer, encoded.length, 0xa0, 32, 0xd9, 0xda);
  writer.raw(encoded);
}

function bytes(writer: ValueWriter, value: Uint8Array): void {
  size(writer, value.length, 0, 0, 0xc4, 0xc5);
  writer.raw(value);
}

/** A length: in the first byte below `short`, else after the byte `byte8` (0: there is none), `byte16` or the one after that. */
function size(writer: ValueWriter, length: number, fix: number, short: number, byte8: number, byte16: number): void {
  if (length < short) writer.u8(fix | length);
  else if (byte8 && length < 0x100) {
    writer.u8(byte8);
    writer.u8(length);
  } else if (length < 0x10000) {
    writer.u8(byte16);
    writer.u16(length);
  } else {
    writer.u8(byte16 + 1);
    writer.u32(length);
  }
}

function number(writer: ValueWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return integer(writer, value);
  const short = Math.fround(value);
  if (Object.is(short, value)) {
    writer.u8(0xca);
    writer.f32(value);
  } else {
    writer.u8(0xcb);
    writer.f64(value);
  }
}

function integer(writer: ValueWriter, value: number | bigint): void {
  if (value >= 0) positive(writer, value);
  else negative(writer, value);
}

function positive(writer: ValueWriter, value: number | bigint): void {
  if (value < 0x80) writer.u8(Number(value));
  else if (value < 0x100) {
    writer.u8(0xcc);
    writer.u8(Number(value));
  } else if (value < 0x10000) {
    writer.u8(0xcd);
    writer.u16(Number(value));
  } else if (value < 0x100000000) {
    writer.u8(0xce);
    writer.u32(Number(value));
  } else {
    if (value >= 2n ** 64n) throw malformed('a whole number of more than 64 bits');
    writer.u8(0xcf);
    writer.u64(BigInt(value));
  }
}

function negative(writer: ValueWriter, value: number | bigint): void {
  if (value >= -0x20) writer.u8(Number(value) & 0xff);
  else if (value >= -0x80) {
    writer.u8(0xd0);
    writer.u8(Number(value) & 0xff);
  } else if (value >= -0x8000) {
    writer.u8(0xd1);
    writer.u16(Number(value) & 0xffff);
  } else if (value >= -0x80000000) {
    writer.u8(0xd2);
    writer.u32(Number(value) >>> 0);
  } else {
    if (value < -(2n ** 63n)) throw malformed('a whole number of more than 64 bits');
    writer.u8(0xd3);
    writer.u64(BigInt.asUintN(64, BigInt(value)));
  }
}
