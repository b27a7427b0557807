import { op, tinyModule, vectorOf, wasi, type Import } from './wasm-module.ts';

/** Calls of the host ABI that the tests make (`wasm-samples/sdk/ABI.md`). */
const astrid = {
  publish: { module: 'astrid', name: 'astrid_publish', params: 'iiiii' },
  subscribe: { module: 'astrid', name: 'astrid_subscribe', params: 'iiii' },
  request: { module: 'astrid', name: 'astrid_cap_request', params: 'iiIi' },
} as const satisfies Record<string, Import>;

/** A raw payload of two letters. */
const PAYLOAD = Uint8Array.of(0x55, 0x68, 0x69);
const PAYLOAD_AT = 16;
const TEXT_AT = 4096;

function signed64(value: bigint): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest >= -64n && rest < 64n) return [...out, Number(rest & 0x7fn)];
    out.push(Number(rest & 0x7fn) | 0x80);
  }
}

/** Publishes on each subject in turn, whatever the answers are; exits with the errno of the last. */
export function publisher(...subjects: string[]): Uint8Array<ArrayBuffer> {
  let at = TEXT_AT;
  const data: Record<number, string | Uint8Array> = { [PAYLOAD_AT]: PAYLOAD };
  const calls = subjects.map((subject, index) => {
    data[at] = subject;
    const call = [...op.i32(at), ...op.i32(subject.length), ...op.i32(PAYLOAD_AT), ...op.i32(PAYLOAD.length), ...op.i32(0), ...op.call(1)];
    at += subject.length;
    return index === subjects.length - 1 ? call : [...call, ...op.drop];
  });
  return tinyModule({ imports: [wasi.exit, astrid.publish], data, start: [...calls.flat(), ...op.call(0)] });
}

/** Asks for more by its own words, waits that long for the answer, in milliseconds, and exits with the errno. */
export function requester(action: object, wait: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(action));
  return tinyModule({
    imports: [wasi.exit, astrid.request], data: { [TEXT_AT]: text },
    start: [...op.i32(TEXT_AT), ...op.i32(text.length), 0x42, ...signed64(BigInt(wait) * 1_000_000n), ...op.i32(1024), ...op.call(1), ...op.call(0)],
  });
}

/** Subscribes, then waits for messages until reading fails; exits with that errno. */
export function listener(pattern: string): Uint8Array<ArrayBuffer> {
  const HANDLE = 1024;
  const COUNT = 1032;
  return tinyModule({
    imports: [wasi.exit, astrid.subscribe, wasi.read], data: { 0: vectorOf(8192, 16384), [TEXT_AT]: pattern },
    start: [
      ...op.i32(TEXT_AT), ...op.i32(pattern.length), ...op.i32(0), ...op.i32(HANDLE), ...op.call(1), ...op.drop,
      ...op.whileTrue([...op.i32(COUNT), ...op.i32(HANDLE), ...op.load, ...op.i32(0), ...op.i32(1), ...op.i32(1036), ...op.call(2), ...op.store, ...op.i32(COUNT), ...op.load, ...op.isZero]),
      ...op.i32(COUNT), ...op.load, ...op.call(0),
    ],
  });
}

/** Prints a text to the terminal, then asks to publish; exits with the errno. */
export function printer(text: string, subject?: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const print = [...op.i32(1), ...op.i32(0), ...op.i32(1), ...op.i32(32), ...op.call(1)];
  const data: Record<number, string | Uint8Array> = { 0: vectorOf(TEXT_AT, bytes.length), [PAYLOAD_AT]: PAYLOAD, [TEXT_AT]: bytes, ...(subject !== undefined && { 1024: subject }) };
  if (subject === undefined) return tinyModule({ imports: [wasi.exit, wasi.write], data, start: [...print, ...op.call(0)] });
  return tinyModule({
    imports: [wasi.exit, wasi.write, astrid.publish], data,
    start: [...print, ...op.drop, ...op.i32(1024), ...op.i32(subject.length), ...op.i32(PAYLOAD_AT), ...op.i32(PAYLOAD.length), ...op.i32(0), ...op.call(2), ...op.call(0)],
  });
}
