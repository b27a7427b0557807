import { useRef, type KeyboardEvent, type ReactElement } from 'react';

interface TabBarProps<Id extends string> {
  label: string;
  tabs: readonly { id: Id; title: string; note?: string }[];
  active: Id;
  onChange: (id: Id) => void;
}

/** Tabs within a pane, as the pattern of WAI-ARIA has them: arrows go from one to the next. Their panel has the id `inspect-<id>`. */
export function TabBar<Id extends string>({ label, tabs, active, onChange }: TabBarProps<Id>): ReactElement {
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === active);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = next === undefined ? undefined : tabs[next % tabs.length];
    if (!tab) return;
    event.preventDefault();
    onChange(tab.id);
    bar.current?.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  };
  return (
    <div ref={bar} className="inspect-tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, title, note }) => (
        <button key={id} id={`tab-${id}`} type="button" role="tab" aria-selected={id === active} aria-controls={`inspect-${id}`} tabIndex={id === active ? 0 : -1} onClick={() => onChange(id)}>
          {title}{note !== undefined && <span className="tab-note">{note}</span>}
        </button>
      ))}
    </div>
  );
}
