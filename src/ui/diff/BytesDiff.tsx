import { useEffect, useLayoutEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { useApp } from '../app/index.ts';
import { formatBytes, plural } from '../kit/index.ts';
import { hexOffset, hexRow } from '../viewer/index.ts';
import { COMPARED_MAX, compareBytes, hexWindow, type ByteDiff, type ByteRange, type Side } from './byte-ranges.ts';
import type { FileSide } from './content.ts';

/** Ranges that are shown with their bytes. */
const SHOWN = 60;

type State = { state: 'comparing'; compared: number } | { state: 'failed'; message: string } | { state: 'done'; diff: ByteDiff };

/** Which ranges of two files differ, with the bytes around each side by side. */
export function BytesDiff({ before, after }: { before: FileSide | null; after: FileSide | null }): ReactElement {
  const app = useApp();
  const [state, setState] = useState<State>({ state: 'comparing', compared: 0 });
  const left = { path: before?.path ?? null, size: before?.size ?? 0 };
  const right = { path: after?.path ?? null, size: after?.size ?? 0 };
  const { ref, wide } = useWide(left.path !== null && right.path !== null ? 1040 : 560);
  useEffect(() => {
    const given = new AbortController();
    const side = (path: string | null, size: number): Side => ({ size, read: async (offset, length) => (path === null ? new Uint8Array() : app.client.api.readRange(path, offset, length)) });
    const show = (next: State): void => {
      if (!given.signal.aborted) setState(next);
    };
    show({ state: 'comparing', compared: 0 });
    compareBytes(side(left.path, left.size), side(right.path, right.size), given.signal, (compared) => show({ state: 'comparing', compared }))
      .then((diff) => show({ state: 'done', diff }), (error: unknown) => show({ state: 'failed', message: error instanceof Error ? error.message : String(error) }));
    return () => given.abort();
  }, [app, left.path, left.size, right.path, right.size]);
  return (
    <div ref={ref} className="bytes-diff" tabIndex={0} role="document" aria-label="Differences by bytes">
      <Result state={state} left={left} right={right} width={wide ? 16 : 8} />
    </div>
  );
}

/** Whether there is room of so many px. */
function useWide(room: number): { ref: RefObject<HTMLDivElement | null>; wide: boolean } {
  const ref = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWide(element.clientWidth >= room));
    observer.observe(element);
    return () => observer.disconnect();
  }, [room]);
  return { ref, wide };
}

function Result({ state, left, right, width }: { state: State; left: Place; right: Place; width: number }): ReactElement {
  if (state.state === 'failed') return <p className="diff-note" role="alert">The bytes cannot be compared: {state.message}</p>;
  if (state.state === 'comparing') {
    const total = Math.min(left.size, right.size, COMPARED_MAX);
    return <div className="diff-note" role="status">Comparing {formatBytes(state.compared)} of {formatBytes(total)}… <progress aria-label="Comparing" max={Math.max(1, total)} value={state.compared} /></div>;
  }
  const { ranges, compared, more } = state.diff;
  const bytes = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const cut = compared < Math.min(left.size, right.size) && !more;
  return (
    <>
      <p className="diff-note" role="status">
        {formatBytes(left.size)} → {formatBytes(right.size)}: {plural(ranges.length, 'range')} {more ? 'and more ' : ''}with {plural(bytes, 'byte')} that differ
        {cut && `. Only the first ${formatBytes(compared)} were compared`}
      </p>
      {ranges.slice(0, SHOWN).map((range) => <Range key={`${range.from} ${width}`} range={range} before={left} after={right} width={width} />)}
      {ranges.length > SHOWN && <p className="diff-note">{plural(ranges.length - SHOWN, 'further range')}: {ranges.slice(SHOWN, SHOWN + 40).map(({ from }) => hexOffset(from)).join(', ')}{ranges.length > SHOWN + 40 && ', …'}</p>}
    </>
  );
}

interface Place {
  path: string | null;
  size: number;
}

function Range({ range, before, after, width }: { range: ByteRange; before: Place; after: Place; width: number }): ReactElement {
  const { rows, hidden } = hexWindow(range, width, Math.max(before.size, after.size));
  const first = rows[0] ?? 0;
  const length = rows.length * width;
  const left = useBytes(before, first, length);
  const right = useBytes(after, first, length);
  const title = `${hexOffset(range.from)} – ${hexOffset(range.to - 1)}, ${plural(range.to - range.from, 'byte')}`;
  return (
    <section className="byte-range" aria-label={title}>
      <h4>{title}</h4>
      {rows.map((offset) => (
        <div key={offset} className="byte-row">
          <span className="hex-offset">{hexOffset(offset)}</span>
          {before.path !== null && <Bytes bytes={left} other={right} at={offset - first} width={width} side="removed" />}
          {after.path !== null && <Bytes bytes={right} other={left} at={offset - first} width={width} side="added" />}
        </div>
      ))}
      {hidden > 0 && <p className="diff-note">{plural(hidden, 'row')} more</p>}
    </section>
  );
}

function useBytes({ path, size }: Place, offset: number, length: number): Uint8Array | null {
  const app = useApp();
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  useEffect(() => {
    let gone = false;
    const reading = path === null || offset >= size ? Promise.resolve(new Uint8Array()) : app.client.api.readRange(path, offset, length);
    reading.then((read) => {
      if (!gone) setBytes(read);
    }, () => undefined);
    return () => {
      gone = true;
    };
  }, [app, path, size, offset, length]);
  return bytes;
}

interface BytesProps {
  bytes: Uint8Array | null;
  other: Uint8Array | null;
  at: number;
  width: number;
  side: 'removed' | 'added';
}

/** One row of one side; the bytes in which it differs are marked. */
function Bytes({ bytes, other, at, width, side }: BytesProps): ReactElement {
  if (!bytes || !other) return <span className="bytes">…</span>;
  const row = bytes.subarray(at, at + width);
  const { text } = hexRow(row, width);
  return (
    <span className={`bytes ${side}`}>
      {Array.from({ length: width }, (_, index) => {
        const byte = row[index];
        const shown = byte === undefined ? '  ' : byte.toString(16).padStart(2, '0');
        const gap = index === 0 ? '' : index % 8 === 0 ? '  ' : ' ';
        return byte !== undefined && byte !== other[at + index] ? <span key={index}>{gap}<mark>{shown}</mark></span> : gap + shown;
      })}
      <span className="hex-text">{text}</span>
    </span>
  );
}
