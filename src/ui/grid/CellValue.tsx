import type { ReactElement } from 'react';
import { Copy } from 'lucide-react';
import { SafeText } from '../kit/index.ts';

interface CellValueProps {
  /** The column's title. */
  name: string;
  /** Which row: words of ours. */
  place?: string;
  text: string;
  onCopy: () => void;
}

/** The whole of the active cell, below the table. */
export function CellValue({ name, place = '', text, onCopy }: CellValueProps): ReactElement {
  return (
    <div className="grid-value" role="group" aria-label="Value of the cell">
      <span className="grid-value-name"><SafeText text={name} max={60} />{place !== '' && `, ${place}`}</span>
      <span className="grid-value-text"><SafeText text={text} max={400} more /></span>
      <button type="button" className="icon-btn" aria-label="Copy the value" title="Copy the value (Ctrl+C)" onClick={onCopy}><Copy size={14} aria-hidden="true" /></button>
    </div>
  );
}
