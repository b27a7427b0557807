import { NAME_MAX, PATH_MAX } from '../../shared/base/index.ts';

const encoder = new TextEncoder();

/** Where a member's name leads below the place that it is put to, or why it cannot be put there. */
export type PlacedName = { parts: readonly string[] } | { why: string };

/** Names are kept byte for byte; only empty parts and `.` go, and with them the slash of an absolute one. `.` itself has no parts. */
export function placeName(name: string | null): PlacedName {
  if (name === null) return { why: 'its name is not UTF-8' };
  if (name.includes('\0')) return { why: 'its name has a zero byte in it' };
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { why: 'its name leads out of where it is put (“..”)' };
  if (parts.some((part) => encoder.encode(part).length > NAME_MAX)) return { why: `a part of its name is longer than ${NAME_MAX} bytes` };
  if (encoder.encode(name).length > PATH_MAX) return { why: `its path is longer than ${PATH_MAX} bytes` };
  return { parts };
}

/**
 * Whether a link in the directory `depth` levels below the top stays below it, whatever is on its way: `..` may only be at the start,
 * where it leads through directories that are real ones.
 */
export function staysInside(target: string, depth: number): boolean {
  if (target.startsWith('/')) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const up = parts.findIndex((part) => part !== '..');
  const climbs = up < 0 ? parts.length : up;
  return climbs <= depth && !parts.slice(climbs).includes('..');
}

/** Names that people or other systems take for one. */
export function confusable(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** What a name means in a layer (OCI image-spec, layer.md, "Whiteouts"). */
export function whiteoutOf(name: string): { hides: string } | 'opaque' | null {
  if (name === OPAQUE) return 'opaque';
  return name.startsWith(WHITEOUT) && name.length > WHITEOUT.length ? { hides: name.slice(WHITEOUT.length) } : null;
}

export const whiteoutName = (name: string): string => `${WHITEOUT}${name}`;
export const OPAQUE_NAME = OPAQUE;
