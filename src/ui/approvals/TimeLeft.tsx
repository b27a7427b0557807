import { useEffect, useState, type ReactElement } from 'react';

/** Milliseconds until then, never less than 0; counted while it is shown. */
function useLeft(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, until - now);
}

const clock = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** How long a question waits. When it is over the program is told that nobody answered; that is not a no. */
export function TimeLeft({ until }: { until: number }): ReactElement {
  const left = useLeft(until);
  const soon = left < 10_500;
  return (
    <span className={`time-left${soon ? ' soon' : ''}`} title="Then the program is told that nobody answered">
      <span role="timer" aria-label="Time left">{clock(left)}</span> left
      <span className="hidden-text" role="status">{soon ? 'Ten seconds left to answer' : ''}</span>
    </span>
  );
}
