import { type ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import type { ArchiveSheet } from '../stores/index.ts';
import { ExportSheet } from './ExportSheet.tsx';
import { ImportSheet } from './ImportSheet.tsx';
import { LinkSheet } from './LinkSheet.tsx';
import { RemarksSheet } from './RemarksSheet.tsx';
import './archive.css';

/** The sheet about an export or import that is open. */
export function ArchiveSheets({ sheet }: { sheet: ArchiveSheet }): ReactElement {
  const app = useApp();
  const onClose = (): void => app.overlay.setState({ archive: null });
  switch (sheet.kind) {
    case 'export': return <ExportSheet folder={sheet.folder} at={sheet.at} onClose={onClose} />;
    case 'import': return <ImportSheet file={sheet.file} directory={sheet.directory} onClose={onClose} />;
    case 'link': return <LinkSheet archive={sheet.archive} onClose={onClose} />;
    case 'remarks': return <RemarksSheet {...sheet} onClose={onClose} />;
  }
}
