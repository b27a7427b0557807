import { RightBit } from '../../shared/abi/index.ts';
import { OfdFlag } from '../../shared/arena/index.ts';
import { OpenFlag } from '../../shared/tree/index.ts';

/** What an opening needed, as bits of `RightBit`; whether it made the file the journal tells. */
export function openedRights(flags: number, oflags: number): number {
  return (flags & OfdFlag.WRITE || oflags & OpenFlag.TRUNCATE ? RightBit.write : 0) | (flags & OfdFlag.READ || !(flags & OfdFlag.WRITE) ? RightBit.read : 0);
}
