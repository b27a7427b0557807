import { useEffect, useRef, useState, type RefObject } from 'react';

export interface Popover {
  open: boolean;
  setOpen(open: boolean): void;
  /** Of what holds the button and what it opens. */
  ref: RefObject<HTMLDivElement | null>;
}

/** Something that a button opens beside it: a press elsewhere, Esc and leaving it by Tab close it; Esc gives the focus back to the button. */
export function usePopover(): Popover {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) setOpen(false);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      ref.current?.querySelector<HTMLElement>('button')?.focus();
    };
    const holder = ref.current;
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    holder?.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      holder?.removeEventListener('keydown', onKeyDown);
    };
  }, [open]);
  return { open, setOpen, ref };
}
