import { useRef, type KeyboardEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { Chart } from '../charts/index.ts';
import { formatCount, visibleName } from '../kit/index.ts';
import type { BusLog } from './bus-log.ts';

const LISTED_MAX = 200;
const SUBJECT_MAX = 120;
const perSecond = (value: number): string => `${formatCount(Math.round(value))}/s`;

/** Who talks about what: subjects that were heard, the busiest first; choosing one listens to it alone. */
export function SubjectList({ log }: { log: BusLog }): ReactElement {
  const { subjects, times, rates } = useStore(log.traffic);
  const pattern = useStore(log.store, (state) => state.pattern);
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined || !buttons[next]) return;
    event.preventDefault();
    buttons[next].focus();
  };
  return (
    <aside className="bus-subjects" aria-label="Subjects">
      <Chart title="Messages a second" times={times} lines={[{ label: 'Messages', color: '--cyan', values: rates }]} format={perSecond} />
      {pattern !== '>' && <button type="button" className="link" onClick={() => log.setPattern('>')}>Listen to all subjects</button>}
      <ul ref={list} onKeyDown={onKeyDown}>
        {subjects.slice(0, LISTED_MAX).map(({ subject, count, rate }) => (
          <li key={subject}>
            <button type="button" aria-pressed={pattern === subject} onClick={() => log.setPattern(subject)}>
              <code>{visibleName(subject.slice(0, SUBJECT_MAX))}</code>
              <span>{formatCount(count)}<span className="hidden-text"> heard</span>{rate > 0 && <b>{perSecond(rate)}</b>}</span>
            </button>
          </li>
        ))}
      </ul>
      {subjects.length > LISTED_MAX && <p>and {formatCount(subjects.length - LISTED_MAX)} more</p>}
      {subjects.length === 0 && <p>Nothing was heard yet.</p>}
    </aside>
  );
}
