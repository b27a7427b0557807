import type { ComponentType } from 'react';
import type { Stat } from '../../shared/abi/index.ts';
import type { Sniffed } from './sniff.ts';

/** What a viewer of a file gets. It reads what it shows by itself, in ranges, and bounds what it reads. */
export interface ViewerProps {
  /** Where the kernel has the file as it is shown; below `/history` for the past. */
  path: string;
  stat: Stat;
  sniffed: Sniffed;
  /** Grows each time the file was changed and is to be looked at again. */
  version: number;
  /** The file is shown as it was: nothing can be saved. */
  readOnly: boolean;
  /** Says who wrote what, where the viewer can (text). */
  blamed: boolean;
  /** Whose change this version is, in words (`grep (pid 12)`); null for the first, and where nobody knows. */
  changedBy: string | null;
}

export interface Viewer {
  /** On the switch between views. */
  label: string;
  Component: ComponentType<ViewerProps>;
}
