import { malformed } from './value-reader.ts';
import { checkDepth, encodable, isShort, utf8Of, type ValueWriter } from './value-writer.ts';

const U64_END = 2n ** 64n;

/** As one CBOR item with the shortest heads (RFC 8949, 4.2). @throws FsError EINVAL for what is no data, E2BIG, EMSGSIZE */
export function encodeCbor(value: unknown, writer: ValueWriter, depth = 0): void {
  checkDepth(depth);
  const data = encodable(value);
  switch (data.kind) {
    case 'null': return writer.u8(0xf6);
    case 'boolean': return writer.u8(data.value ? 0xf5 : 0xf4);
    case 'number': return number(writer, data.value);
    case 'bigint': return integer(writer, data.value);
    case 'text': return text(writer, data.value);
    case 'bytes': return sized(writer, 2, data.value);
    case 'list':
      head(writer, 4, data.value.length);
      return data.value.forEach((element) => encodeCbor(element, writer, depth + 1));
    case 'map':
      head(writer, 5, data.value.length);
      return data.value.forEach(([name, member]) => {
        text(writer, name);
        encodeCbor(member, writer, depth + 1);
      });
  }
}

function text(writer: ValueWriter, value: string): void {
  if (!isShort(value)) return sized(writer, 3, utf8Of(value));
  head(writer, 3, value.length);
  writer.short(value);
}

function sized(writer: ValueWriter, major: number, bytes: Uint8Array): void {
  head(writer, major, bytes.length);
  writer.raw(bytes);
}

function number(writer: ValueWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return integer(writer, value);
  const short = Math.fround(value);
  if (Object.is(short, value)) {
    writer.u8(0xfa);
    writer.f32(value);
  } else {
    writer.u8(0xfb);
    writer.f64(value);
  }
}

function integer(writer: ValueWriter, value: number | bigint): void {
  if (value >= 0) head(writer, 0, value);
  else head(writer, 1, typeof value === 'number' ? -1 - value : -1n - value);
}

function head(writer: ValueWriter, major: number, value: number | bigint): void {
  const top = major << 5;
  if (value < 24) writer.u8(top | Number(value));
  else if (value < 0x100) {
    writer.u8(top | 24);
    writer.u8(Number(value));
  } else if (value < 0x10000) {
    writer.u8(top | 25);
    writer.u16(Number(value));
  } else if (value < 0x100000000) {
    writer.u8(top | 26);
    writer.u32(Number(value));
  } else {
    if (value >= U64_END) throw malformed('a whole number of more than 64 bits');
    writer.u8(top | 27);
    writer.u64(BigInt(value));
  }
}
