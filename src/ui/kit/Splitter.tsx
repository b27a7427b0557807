import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import './splitter.css';

interface SplitterProps {
  label: string;
  /** `vertical`: a line from top to bottom, moved sideways. */
  orientation: 'vertical' | 'horizontal';
  value: number;
  min: number;
  max: number;
  /** Whether moving right or down makes `value` grow. */
  forward: boolean;
  onChange: (value: number) => void;
}

const STEP = 16;

/** The line between two panes, movable by pointer and by arrows, Home and End. */
export function Splitter({ label, orientation, value, min, max, forward, onChange }: SplitterProps): ReactElement {
  const drag = useRef<{ at: number; value: number } | null>(null);
  const vertical = orientation === 'vertical';
  const along = (event: PointerEvent): number => (vertical ? event.clientX : event.clientY);
  const set = (next: number): void => onChange(Math.min(max, Math.max(min, next)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const back = vertical ? 'ArrowLeft' : 'ArrowUp';
    const ahead = vertical ? 'ArrowRight' : 'ArrowDown';
    const sign = forward ? 1 : -1;
    const moves: Record<string, number> = { [back]: value - sign * STEP, [ahead]: value + sign * STEP, Home: min, End: max };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  return (
    <div
      className={`splitter ${orientation}`} role="separator" tabIndex={0} aria-label={label} aria-orientation={orientation}
      aria-valuenow={value} aria-valuemin={min} aria-valuemax={max} onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { at: along(event), value };
      }}
      onPointerMove={(event) => {
        if (drag.current) set(drag.current.value + (along(event) - drag.current.at) * (forward ? 1 : -1));
      }}
      onPointerUp={() => { drag.current = null; }}
      onPointerCancel={() => { drag.current = null; }}
    />
  );
}
