import { useState, type ReactElement, type SyntheticEvent } from 'react';
import { basename } from '../../../shared/base/index.ts';
import { formatBytes, formatDuration, visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { useBlob } from './use-blob.ts';
import './media.css';

/** A browser plays from the whole file: larger ones are to be downloaded. */
const MEDIA_MAX = 512 * 1024 * 1024;

export const AudioPlayer = (props: ViewerProps): ReactElement => <Player {...props} kind="audio" />;
export const VideoPlayer = (props: ViewerProps): ReactElement => <Player {...props} kind="video" />;

function Player({ path, stat: { size }, version, sniffed, kind }: ViewerProps & { kind: 'audio' | 'video' }): ReactElement {
  const blob = useBlob(path, size, version, sniffed.type ?? `${kind}/mp4`, size <= MEDIA_MAX);
  const [told, setTold] = useState('');
  const what = kind === 'audio' ? 'sound' : 'film';
  if (size > MEDIA_MAX) return <div className="empty">This {what} has {formatBytes(size)}; up to {formatBytes(MEDIA_MAX)} are played. Download it to play it.</div>;
  if (blob.state === 'failed') return <div className="empty" role="alert">{visibleName(path)} cannot be read: {visibleName(blob.message)}</div>;
  if (blob.state === 'loading') return <div className="empty" role="status">Loading…<progress aria-label="Loaded" value={blob.done} max={1} /></div>;
  const label = visibleName(basename(path));
  const shared = {
    src: blob.url, controls: true, 'aria-label': label,
    onError: () => setTold(`This browser does not play it${sniffed.type ? ` (${sniffed.type})` : ''}, or it is damaged.`),
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => setTold(Number.isFinite(currentTarget.duration) ? formatDuration(currentTarget.duration * 1000) : 'Of unknown length'),
  };
  return (
    <div className="player">
      {kind === 'audio' ? <audio {...shared} /> : (
        <video
          {...shared} playsInline
          onLoadedMetadata={(event) => {
            shared.onLoadedMetadata(event);
            const { videoWidth, videoHeight } = event.currentTarget;
            if (videoWidth > 0) setTold((before) => `${videoWidth} × ${videoHeight} px, ${before}`);
          }}
        />
      )}
      <p role="status">{told}</p>
    </div>
  );
}
