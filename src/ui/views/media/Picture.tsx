import { useState, type ReactElement } from 'react';
import { basename } from '../../../shared/base/index.ts';
import { formatBytes, visibleName } from '../../kit/index.ts';
import { useBlob } from './use-blob.ts';
import './media.css';

/** Larger files are not decoded. */
export const IMAGE_MAX = 64 * 1024 * 1024;

interface PictureProps {
  path: string;
  size: number;
  version: number;
  type: string;
}

/** A picture as large as there is room for. SVG too is only ever an `<img>`, where its scripts do not run. */
export function Picture({ path, size, version, type }: PictureProps): ReactElement {
  const [note, setNote] = useState('');
  const blob = useBlob(path, size, version, type, size <= IMAGE_MAX);
  if (size > IMAGE_MAX) return <div className="empty">This picture has {formatBytes(size)}; up to {formatBytes(IMAGE_MAX)} are shown. Download it to look at it.</div>;
  return (
    <div className="picture">
      {blob.state === 'ready' && (
        <img
          src={blob.url} alt={visibleName(basename(path))} onError={() => setNote('The picture is damaged, or of a kind that this browser does not know.')}
          onLoad={(event) => setNote(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight} px`)}
        />
      )}
      <p role="status">{blob.state === 'failed' ? visibleName(blob.message) : note}</p>
    </div>
  );
}
