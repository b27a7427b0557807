import type { Notice } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** What the kernel tells its user, in one place. Notices of one id replace each other. */
export function crowded(session: number, limit: number): Notice {
  return {
    id: 'processes', level: 'warning', title: 'A program starts too many others',
    detail: `The session of process ${session} has ${limit} processes, its limit: no more are started in it. If that is not what you want, close its terminal or end process ${session}.`,
  };
}

/** `program` starts without directories that it was granted. */
export function grantsMissing(program: string, paths: readonly string[]): Notice {
  const [shown, more] = [paths.slice(0, 5), paths.length - 5];
  return {
    id: 'grants-missing', level: 'warning', title: `What ${program.slice(0, 80)} was granted is not there`,
    detail: `It runs without ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Make what is missing and start it again. A program that was granted to create files in a directory has that made for it, if there is one around it.`,
  };
}

/** A commit failed; it is tried again. */
export function storeFailure(error: FsError): Notice {
  if (error.code === 'ENOSPC') {
    return { id: 'store', level: 'error', title: 'The disk is full', detail: 'Nothing more can be stored; programs get ENOSPC. What was acknowledged is safe. Delete what is not needed, then trim the history (in the timeline, or `journal trim now`): what was deleted is kept until then. Or free space on this device. Writing goes on by itself then.' };
  }
  return { id: 'store', level: 'error', title: 'Changes cannot be stored', detail: `${error.message}. Recent changes are kept in this tab and are tried again; download what you need if this does not go away.`, action: 'reload' };
}

/** The store is gone while the page is open. */
export function storeLost(reason: string): Notice {
  return { id: 'store', level: 'error', title: 'The workspace is no longer stored', detail: `${sentence(reason)}. What is shown here is kept only until this page is closed, and nothing can be written: download what you need, then reload.`, action: 'reload' };
}

/** The store could not be opened, and one in memory is used. */
export function notStored(error: unknown): Notice {
  const why = error instanceof FsError ? (error.detail ?? error.message) : String(error);
  return { id: 'store', level: 'error', title: 'Nothing is kept in this tab', detail: `The browser’s database could not be opened (${why}). What was stored before is not touched by that: reload to try again. If it stays so, allow storage for this page or leave private mode.`, action: 'reload' };
}

export function ownedElsewhere(): Notice {
  return { id: 'ownership', level: 'warning', title: 'This workspace is open in another tab', detail: 'It is shown read-only here, as the other tab changes it. Take it over to write in this tab; the other one then becomes read-only.', action: 'take-over' };
}

export function takenOver(): Notice {
  return { id: 'ownership', level: 'warning', title: 'Another tab took over this workspace', detail: 'This tab is read-only now and shows what the other one changes. Take the workspace back to write here.', action: 'take-over' };
}

export function ownerGone(): Notice {
  return { id: 'ownership', level: 'warning', title: 'The tab that owned this workspace is gone', detail: 'Nobody writes to it now. Take it over to write in this tab; everything that was stored is here.', action: 'take-over' };
}

export function tooFarBehind(): Notice {
  return { id: 'ownership', level: 'warning', title: 'This tab is too far behind', detail: 'The history that it would need to show the present state is not kept any more. Reload it.', action: 'reload' };
}

export function newerFormat(reason: string): Notice {
  return { id: 'format', level: 'warning', title: 'This workspace was written by a newer version', detail: `${reason}. It is open read-only; reload to get the newer page.`, action: 'reload' };
}

export function baseMissing(error: unknown): Notice {
  return { id: 'base', level: 'error', title: 'The sample programs could not be loaded', detail: `${String(error)}. Your own files are not affected; reload when the network is back.`, action: 'reload' };
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
