import { Header, type Arena } from '../../arena/index.ts';
import { BusWord, LastWord, MailboxWord, RECORDS_IN_CHUNK, SUBSCRIPTIONS_MAX, ExtentWord } from '../layout.ts';

/** What a bus has in the arena when every mailbox was released, and what is wrong with it then. */
export interface IdleBus {
  faults: string[];
  /** Addresses of its allocations: its tables, the runs of records, the last values and their payloads. */
  allocations: Set<number>;
}

export function inspectIdleBus(arena: Arena): IdleBus {
  arena.sync();
  const { u32 } = arena;
  const address = u32[Header.BUS]!;
  const bus = address >>> 2;
  const faults: string[] = [];
  const expect = (what: string, actual: number, wanted: number): void => void (actual !== wanted && faults.push(`${what}: ${actual} instead of ${wanted}`));
  const allocations = new Set([address, u32[bus + BusWord.TABLE]!, u32[bus + BusWord.FREE_LINKS]!]);
  expect('the lock', u32[bus + BusWord.LOCK]!, 0);

  const table = u32[bus + BusWord.TABLE]! >>> 2;
  expect('subscriptions', u32.slice(table, table + SUBSCRIPTIONS_MAX).filter((each) => each !== 0).length, 0);
  expect('bytes charged', u32.slice(bus + BusWord.CHARGED, bus + BusWord.CHARGED + 256).filter((each) => each !== 0).length, 0);

  const used = u32[bus + BusWord.RECORDS_USED]!;
  for (let chunk = 0; chunk * RECORDS_IN_CHUNK < used; chunk++) allocations.add(u32[bus + BusWord.CHUNKS + chunk]!);
  let free = 0;
  for (let at = u32[bus + BusWord.RECORDS_FREE]!; at !== 0 && free <= used; at = u32[(at >>> 2) + MailboxWord.LINK]!) {
    free++;
    expect(`the lock of mailbox ${at}`, u32[(at >>> 2) + MailboxWord.LOCK]!, 0);
  }
  expect('free records', free, used);

  let [count, bytes] = [0, 0];
  for (let at = u32[bus + BusWord.LAST_OLDEST]!; at !== 0 && count <= 2000; at = u32[(at >>> 2) + LastWord.NEWER]!) {
    const extent = u32[(at >>> 2) + LastWord.EXTENT]!;
    count++;
    bytes += u32[(extent >>> 2) + ExtentWord.LENGTH]!;
    expect(`references to extent ${extent}`, u32[(extent >>> 2) + ExtentWord.REFS]!, 1);
    allocations.add(at).add(extent);
  }
  expect('last values', count, u32[bus + BusWord.LAST_COUNT]!);
  expect('bytes of extents', u32[bus + BusWord.EXTENT_BYTES]!, bytes);
  return { faults, allocations };
}
