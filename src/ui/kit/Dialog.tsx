import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import './dialog.css';

interface DialogProps {
  label: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}

/** A modal dialog: keeps the focus inside, closes with Esc or a press beside it, and gives the focus back. */
export function Dialog({ label, onClose, children, className = '' }: DialogProps): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
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
