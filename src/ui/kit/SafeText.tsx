import { useState, type ReactElement } from 'react';
import { formatCount } from './format.ts';
import { middleCut, safePieces } from './safe-text.ts';
import './safe-text.css';

interface SafeTextProps {
  text: string;
  /** Characters that are shown at once. Default 200. */
  max?: number;
  /** A button shows the rest, of at most 4096 characters. */
  more?: boolean;
}

const REST_MAX = 4096;

/** Text that others wrote: apart from what surrounds it whatever its direction, what hides in it is named, and bounded. */
export function SafeText({ text, max = 200, more = false }: SafeTextProps): ReactElement {
  const [open, setOpen] = useState(false);
  const { head, tail, left } = middleCut(text, open ? REST_MAX : max);
  return (
    <bdi className="safe-text">
      <Pieces text={head} />
      {left > 0 && (more && !open
        ? <button type="button" className="link safe-more" onClick={() => setOpen(true)}>… {formatCount(left)} more characters …</button>
        : <span className="safe-more"> … {formatCount(left)} more characters … </span>)}
      <Pieces text={tail} />
    </bdi>
  );
}

function Pieces({ text }: { text: string }): ReactElement {
  // Pieces have no identity but their place.
  return <>{safePieces(text).map((piece, at) => (piece.danger === undefined ? piece.text : <mark key={at} className="safe-mark" title={piece.danger}>{piece.text}</mark>))}</>;
}
