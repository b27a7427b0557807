// A module of one function, copy(to, from, length), from its first imported memory to its second: the copy that a host
// with files outside the guest's memory cannot do without.

const text = (value) => [value.length, ...new TextEncoder().encode(value)];
const section = (id, bytes) => [id, bytes.length, ...bytes];
const limits = ({ shared, minimum, maximum }) => (shared ? [3, ...leb(minimum), ...leb(maximum)] : [0, ...leb(minimum)]);

function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

const importMemory = (name, memory) => [...text('host'), ...text(name), 2, ...limits(memory)];

/** @returns {Uint8Array} the module; imports `host.from` and `host.to`, exports `copy`. */
export function twoMemories(from, to) {
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]),
    ...section(2, [2, ...importMemory('from', from), ...importMemory('to', to)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('copy'), 0, 0]),
    // local.get 0, 1, 2; memory.copy to memory 1 from memory 0
    ...section(10, [1, 12, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 10, 1, 0, 0x0b]),
  ]);
}
