import { type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { CommitSheet } from './CommitSheet.tsx';
import { MountSheet } from './MountSheet.tsx';
import './folder.css';

/** The sheet of a folder of the disk that is open, if one is. */
export function FolderSheets(): ReactElement | null {
  const app = useApp();
  const sheet = useStore(app.overlay, (state) => state.folder);
  if (!sheet) return null;
  const close = (): void => app.overlay.setState({ folder: null });
  return sheet.sheet === 'mount' ? <MountSheet handle={sheet.handle} onClose={close} /> : <CommitSheet key={sheet.name} name={sheet.name} resume={sheet.resume} onClose={close} />;
}
