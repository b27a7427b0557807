import type { Catalogue } from './catalogue.ts';
import { namespaceOf } from './names.ts';

/** A part of a file and what it consists of; sizes in bytes. */
export interface SizePart {
  name: string;
  size: number;
  /** A function's number, where it is one. */
  index?: number;
  parts?: SizePart[];
}

const NAMELESS = 'without a name';
const GROUPS_MAX = 40;
const MEMBERS_MAX = 40;

/** The largest parts, and the others as one. */
function largest(parts: SizePart[], max: number, what: string): SizePart[] {
  const sorted = parts.toSorted((a, b) => b.size - a.size);
  if (sorted.length <= max) return sorted;
  const rest = sorted.slice(max);
  return [...sorted.slice(0, max), { name: `${rest.length} more ${what}`, size: rest.reduce((sum, { size }) => sum + size, 0) }];
}

/** What a module's bytes are spent on: its sections, and its code by crate, package or prefix. `nameOf`: a function's name, null for none. */
export function sizesOf(module: Catalogue, nameOf: (index: number) => string | null): SizePart {
  const parts = module.sections.items.map(({ id, name, size }): SizePart => (id === 10 ? { name: 'code', size, parts: codeParts(module, nameOf) } : { name: id === 0 ? `custom: ${name}` : name, size }));
  const data = parts.find(({ name }) => name === 'data');
  if (data && module.data.total > 1) data.parts = largest(module.data.items.map(({ size }, index) => ({ name: `data ${index}`, size })), MEMBERS_MAX, 'segments');
  return { name: 'module', size: module.bytes.length, parts: largest(parts, GROUPS_MAX, 'sections') };
}

function codeParts(module: Catalogue, nameOf: (index: number) => string | null): SizePart[] {
  const groups = new Map<string, SizePart[]>();
  const imported = module.importedFunctions.length;
  for (let at = 0; at < module.bodies.length; at++) {
    const index = imported + at;
    const name = nameOf(index);
    const group = name === null ? NAMELESS : namespaceOf(name).slice(0, 80);
    const part: SizePart = { name: name ?? `function ${index}`, size: module.bodySizes.at(at), index };
    const members = groups.get(group);
    if (members) members.push(part);
    else groups.set(group, [part]);
  }
  // Where nearly nothing has a name, a group of what has none would only hide the functions.
  const nameless = groups.get(NAMELESS);
  if (nameless && nameless.length > module.bodies.length / 2) return largest([...groups.values()].flat(), GROUPS_MAX, 'functions');
  const single: SizePart[] = [];
  const parts: SizePart[] = [];
  for (const [name, members] of groups) {
    if (members.length === 1) single.push(...members);
    else parts.push({ name, size: members.reduce((sum, { size }) => sum + size, 0), parts: largest(members, MEMBERS_MAX, 'functions') });
  }
  // Groups of one say nothing that the function does not.
  if (single.length > 0) parts.push({ name: 'on their own', size: single.reduce((sum, { size }) => sum + size, 0), parts: largest(single, MEMBERS_MAX, 'functions') });
  return largest(parts, GROUPS_MAX, 'groups');
}
