import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Check, ChevronRight } from 'lucide-react';
import { TypeAhead } from './type-ahead.ts';
import './menu.css';

export interface MenuEntry {
  label: string;
  /** Shown at the right end. */
  keys?: string;
  /** Not called for an entry with `items`. */
  run: () => void;
  /** A menu of its own beside it. */
  items?: readonly MenuEntry[];
  danger?: boolean;
  /** Draws a line above. */
  separated?: boolean;
  /** Of something that is on or off. */
  checked?: boolean;
  /** Why it can do nothing now. */
  unavailable?: string;
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

/** A menu at a point, kept inside the window. Arrows, Home, End, first letters, Enter; right and left for the menus in it; Esc and Tab close it. */
export function Menu({ x, y, label, items, onClose }: MenuProps): ReactElement {
  // Before the entries take the focus, which they do first.
  const [opener] = useState(() => document.activeElement);
  useEffect(() => () => {
    if (opener instanceof HTMLElement && document.activeElement === document.body) opener.focus();
  }, [opener]);
  return (
    <div className="menu-scrim" onPointerDown={onClose} onContextMenu={(event) => { event.preventDefault(); onClose(); }}>
      <List label={label} items={items} left={x} top={y} onDone={onClose} onClose={onClose} />
    </div>
  );
}

interface ListProps {
  label: string;
  items: readonly MenuEntry[];
  left: number;
  top: number;
  /** Of a menu in a menu: where it goes if there is no room at its right. */
  before?: number;
  /** Something was chosen. */
  onDone: () => void;
  /** This one is left. */
  onClose: () => void;
}

const MARGIN = 4;

function List({ label, items, left, top, before, onDone, onClose }: ListProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left, top });
  const [opened, setOpened] = useState<{ index: number; box: DOMRect } | null>(null);
  const [letters] = useState(() => new TypeAhead());
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (!box) return;
    const fits = left + box.width + MARGIN <= innerWidth;
    const wanted = fits || before === undefined ? left : before - box.width;
    setPlace({ left: Math.max(MARGIN, Math.min(wanted, innerWidth - box.width - MARGIN)), top: Math.max(MARGIN, Math.min(top, innerHeight - box.height - MARGIN)) });
  }, [left, top, before, items]);
  useEffect(() => entriesIn(ref.current)[0]?.focus(), []);
  const open = (index: number): void => {
    const box = entriesIn(ref.current)[index]?.getBoundingClientRect();
    if (box && items[index]?.items) setOpened({ index, box });
  };
  const leave = (): void => {
    const index = opened?.index ?? 0;
    setOpened(null);
    entriesIn(ref.current)[index]?.focus();
  };
  const choose = (index: number): void => {
    const item = items[index];
    if (!item || item.unavailable !== undefined) return;
    if (item.items) return open(index);
    onDone();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const entries = entriesIn(ref.current);
    const at = entries.findIndex((entry) => entry === document.activeElement);
    const move = MOVES[event.key];
    if (event.key === 'Tab') onDone();
    else if (event.key === 'Escape' || (event.key === 'ArrowLeft' && before !== undefined)) onClose();
    else if (event.key === 'ArrowRight') open(at);
    else if (move) entries[move(at, entries.length)]?.focus();
    else if (event.key.length === 1 && event.key !== ' ') entries[letters.next(event.key, entries.map((entry) => entry.dataset['label'] ?? ''), at)]?.focus();
    else return;
    event.preventDefault();
  };
  const inner = opened && items[opened.index];
  return (
    <>
      <div ref={ref} className="menu" role="menu" tabIndex={-1} aria-label={label} style={place} onKeyDown={onKeyDown} onPointerDown={(event) => event.stopPropagation()}>
        {items.map((item, index) => (
          <Item key={item.label} item={item} expanded={opened?.index === index} onChoose={() => choose(index)} onPoint={() => (item.items ? open(index) : setOpened(null))} />
        ))}
      </div>
      {opened && inner?.items && (
        <List key={opened.index} label={inner.label} items={inner.items} left={opened.box.right} top={opened.box.top - 5} before={opened.box.left} onDone={onDone} onClose={leave} />
      )}
    </>
  );
}

function Item({ item, expanded, onChoose, onPoint }: { item: MenuEntry; expanded: boolean; onChoose: () => void; onPoint: () => void }): ReactElement {
  const { label, keys, items, danger, separated, checked, unavailable } = item;
  return (
    <button
      type="button" role={checked === undefined ? 'menuitem' : 'menuitemcheckbox'} aria-checked={checked} tabIndex={-1} data-label={label}
      aria-haspopup={items ? 'menu' : undefined} aria-expanded={items ? expanded : undefined} aria-disabled={unavailable === undefined ? undefined : true}
      className={`menu-item${danger ? ' danger' : ''}${separated ? ' separated' : ''}${expanded ? ' open' : ''}`} onClick={onChoose} onPointerEnter={onPoint}
    >
      {checked !== undefined && <span className="menu-check">{checked && <Check size={14} strokeWidth={1.75} aria-hidden="true" />}</span>}
      <span className="menu-label">{label}{unavailable !== undefined && <span className="menu-why">{unavailable}</span>}</span>
      {keys && <kbd>{keys}</kbd>}
      {items && <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />}
    </button>
  );
}

function entriesIn(menu: HTMLElement | null): HTMLButtonElement[] {
  return menu ? [...menu.querySelectorAll('button')] : [];
}
