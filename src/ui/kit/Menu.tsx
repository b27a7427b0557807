import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Check } from 'lucide-react';
import './menu.css';

export interface MenuEntry {
  label: string;
  keys?: string;
  run: () => void;
  danger?: boolean;
  separated?: boolean;
  checked?: boolean;
}

interface MenuProps {
  x: number;
  y: number;
  label: string;
  items: readonly MenuEntry[];
  onClose: () => void;
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** A menu at a point, kept inside the window. Arrows, Home, End, first letters, Enter; Esc and Tab close it. */
export function Menu({ x, y, label, items, onClose }: MenuProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: x, top: y });
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box) setPlace({ left: Math.max(4, Math.min(x, innerWidth - box.width - 4)), top: Math.max(4, Math.min(y, innerHeight - box.height - 4)) });
  }, [x, y, items]);
  useEffect(() => {
    const before = document.activeElement;
    buttonsIn(ref.current)[0]?.focus();
    return () => {
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const buttons = buttonsIn(ref.current);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const move = MOVES[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (move) buttons[move(at, buttons.length)]?.focus();
    else if (event.key.length === 1) focusByLetter(buttons, at, event.key);
    else return;
    if (event.key !== 'Enter') event.preventDefault();
  };
  return (
    <div className="menu-scrim" onPointerDown={onClose} onContextMenu={(event) => { event.preventDefault(); onClose(); }}>
      <div ref={ref} className="menu" role="menu" tabIndex={-1} aria-label={label} style={place} onKeyDown={onKeyDown} onPointerDown={(event) => event.stopPropagation()}>
        {items.map((item) => (
          <button
            key={item.label} type="button" role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'} aria-checked={item.checked} tabIndex={-1}
            className={`menu-item${item.danger ? ' danger' : ''}${item.separated ? ' separated' : ''}`}
            onClick={() => { onClose(); item.run(); }}
          >
            <span>{item.label}</span>{item.checked && <Check size={14} aria-hidden="true" className="menu-check" />}{item.keys && <kbd>{item.keys}</kbd>}
          </button>
        ))}
      </div>
    </div>
  );
}

function buttonsIn(menu: HTMLElement | null): HTMLButtonElement[] {
  return menu ? [...menu.querySelectorAll('button')] : [];
}

function focusByLetter(buttons: HTMLButtonElement[], at: number, key: string): void {
  const rotated = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
  rotated.find((button) => button.textContent?.toLowerCase().startsWith(key.toLowerCase()))?.focus();
}
