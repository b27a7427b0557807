import type { Notice } from '../../shared/abi/index.ts';
import type { FsError } from '../../shared/base/index.ts';
import type { FolderRecord } from '../contract/index.ts';

/** Ids of the notices about a folder; what is after the colon is its name. */
export const NOTICES = {
  denied: (name: string) => `folder-denied:${name}`,
  changed: (name: string) => `folder-changed:${name}`,
  interrupted: (name: string) => `folder-commit:${name}`,
} as const;

/** Why a file of a folder could not be read, for the user; null for what they need not know. One notice a folder. */
export function troubleNotice({ name, label }: FolderRecord, error: FsError): Notice | null {
  if (error.code === 'EACCES') {
    return {
      id: NOTICES.denied(name), level: 'warning', title: `The folder “${label}” may not be read`, action: 'folder-allow',
      detail: `The browser wants to be asked again before this page reads it. Until then, programs cannot read what is in /mnt/${name} and was not changed here.`,
    };
  }
  if (error.code !== 'ESTALE') return null;
  return {
    id: NOTICES.changed(name), level: 'warning', title: `The folder “${label}” was changed by something else`, action: 'folder-refresh',
    detail: `${error.path ?? 'A file'} is not as it was when the folder was last looked at, and cannot be read until /mnt/${name} is brought up to date.`,
  };
}

export function interruptedNotice({ name, label, commit }: FolderRecord, done: number): Notice {
  return {
    id: NOTICES.interrupted(name), level: 'warning', title: `The commit to the folder “${label}” was interrupted`, action: 'folder-resume',
    detail: `${done} of ${commit?.paths.length ?? 0} changes are done. What is done is whole; the rest is still here, in /mnt/${name}.`,
  };
}
