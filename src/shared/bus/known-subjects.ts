import type { LastValues } from './last-values.ts';
import { subjectTokens } from './subject.ts';
import type { SubscriptionTable } from './table.ts';

/** Under the lock: subjects that have a last value, and those that somebody listens to by name. */
export function knownSubjects(lasts: LastValues, table: SubscriptionTable): string[] {
  const found = new Set(lasts.matching(['>']).map((value) => lasts.subject(value)));
  for (let slot = 0; slot < table.used; slot++) {
    const pattern = table.read(slot)?.pattern;
    if (pattern !== undefined && typeof subjectTokens(pattern) !== 'string') found.add(pattern);
  }
  return [...found];
}
