import { expect, test } from 'vitest';
import { SECONDS_MAX, SUBJECTS_MAX, Subjects } from './subjects.ts';

test('subjects are counted by the second, the busiest first', () => {
  const subjects = new Subjects();
  for (let n = 0; n < 10; n++) subjects.take('a', 1);
  subjects.take('b', 2);
  expect(subjects.second(1000, 1).subjects).toEqual([{ subject: 'a', count: 10, rate: 10, last: 1 }, { subject: 'b', count: 1, rate: 1, last: 2 }]);
  for (let n = 0; n < 6; n++) subjects.take('b', 3);
  const { subjects: list, rates } = subjects.second(3000, 2);
  expect(list.map(({ subject, rate }) => [subject, rate])).toEqual([['b', 3], ['a', 0]]);
  expect(rates).toEqual([11, 3]);
});

test('subjects and seconds are bounded', () => {
  const subjects = new Subjects();
  for (let n = 0; n < SUBJECTS_MAX * 2; n++) subjects.take(`s.${n}`, n);
  let heard = subjects.second(0, 1);
  expect([heard.subjects.length, heard.subjects[0]!.subject]).toEqual([SUBJECTS_MAX, `s.${SUBJECTS_MAX * 2 - 1}`]);
  for (let n = 0; n < SECONDS_MAX * 2; n++) heard = subjects.second(n, 1);
  expect([heard.times.length, heard.rates.length]).toEqual([SECONDS_MAX, SECONDS_MAX]);
  subjects.clear();
  expect(subjects.second(1, 1)).toEqual({ subjects: [], times: [1], rates: [0] });
});
