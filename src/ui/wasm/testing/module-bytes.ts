/** Modules built byte by byte, for tests. */
export const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const byte = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? byte | 128 : byte);
  } while (left > 0);
  return bytes;
}

export const name = (text: string): number[] => {
  const bytes = [...new TextEncoder().encode(text)];
  return unsigned(bytes.length).concat(bytes);
};

export const section = (id: number, ...body: number[]): number[] => [id].concat(unsigned(body.length), body);
export const build = (...parts: number[][]): Uint8Array<ArrayBuffer> => Uint8Array.from(HEAD.concat(...parts));
/** One type: no parameters, no results. */
export const types = (): number[] => section(1, 1, 0x60, 0, 0);
export const functions = (count: number): number[] => section(3, ...unsigned(count), ...Array.from({ length: count }, () => 0));
/** Bodies without locals; each ends with its `end`. */
export const code = (...bodies: number[][]): number[] => section(10, ...unsigned(bodies.length), ...bodies.flatMap((body) => [...unsigned(body.length + 1), 0, ...body]));

export function nameSection(names: [number, string][]): number[] {
  const list = names.reduce<number[]>((all, [index, text]) => all.concat(unsigned(index), name(text)), unsigned(names.length));
  const content = name('name').concat([1], unsigned(list.length), list);
  return [0].concat(unsigned(content.length), content);
}
