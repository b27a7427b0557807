import { useEffect, useState, type ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import { formatBytes, visibleName } from '../kit/index.ts';
import { basename } from '../../shared/base/index.ts';
import type { ViewerProps } from '../viewer/index.ts';

/** Larger files are not decoded. */
const IMAGE_MAX = 64 * 1024 * 1024;

interface ImageViewProps {
  path: string;
  size: number;
  version: number;
  type: string;
}

export function ImageViewer({ path, stat, version, sniffed }: ViewerProps): ReactElement {
  return <ImageView path={path} size={stat.size} version={version} type={sniffed.type ?? 'image/png'} />;
}

/** A picture. SVG too is only ever an `<img>`, where its scripts do not run. */
export function ImageView({ path, size, version, type }: ImageViewProps): ReactElement {
  const app = useApp();
  const [url, setUrl] = useState<string | null>(null);
  const [note, setNote] = useState('');
  useEffect(() => {
    if (size > IMAGE_MAX) return undefined;
    let made: string | null = null;
    let gone = false;
    app.page.fs.readFile(path).then((bytes) => {
      if (gone) return;
      made = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
      setUrl(made);
    }, (error: unknown) => setNote(error instanceof Error ? error.message : String(error)));
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [app, path, size, type, version]);
  if (size > IMAGE_MAX) return <div className="empty">This picture has {formatBytes(size)}; up to {formatBytes(IMAGE_MAX)} are shown. Download it to look at it.</div>;
  return (
    <div className="image-view">
      {url && (
        <img
          src={url} alt={visibleName(basename(path))} onError={() => setNote('The picture is damaged, or of a kind that this browser does not know.')}
          onLoad={(event) => setNote(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight} px`)}
        />
      )}
      <p role="status">{note}</p>
    </div>
  );
}
