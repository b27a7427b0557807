import type { TraceStats } from '../../shared/abi/index.ts';

export type StatsColumn = 'call' | 'count' | 'failed' | 'total' | 'mean' | 'longest' | 'bytes';

export interface StatsOrder {
  column: StatsColumn;
  down: boolean;
}

const meanOf = ({ total, count }: TraceStats): number => (count === 0 ? 0 : total / count);

/** By a column; what is the same in it by name. */
export function sortStats(stats: readonly TraceStats[], { column, down }: StatsOrder): TraceStats[] {
  const byName = (one: TraceStats, other: TraceStats): number => (one.call < other.call ? -1 : one.call > other.call ? 1 : 0);
  const value = (each: TraceStats): number => (column === 'mean' ? meanOf(each) : column === 'call' ? 0 : each[column]);
  return [...stats].sort((one, other) => {
    const order = column === 'call' ? byName(one, other) : value(one) - value(other);
    return (down ? -order : order) || byName(one, other);
  });
}
