import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import './dialog.css';

interface DialogProps {
  label: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}

/** A modal dialog: takes the focus to what has `data-autofocus`, keeps it inside, closes with Esc or a press beside it, and gives the focus back. */
export function Dialog({ label, onClose, children, className = '' }: DialogProps): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const [opener] = useState(() => document.activeElement);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [opener]);
  return (
    <dialog
      ref={ref} aria-label={label} className={`dialog ${className}`}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => { if (event.target === ref.current) onClose(); }}
    >
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
