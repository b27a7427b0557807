import type { Approval, ApprovalAnswer, ExitStatus, FolderProgress, FsChanged, FsckProgress, FsRead, Notice, ProcessInfo, WorkspaceInfo } from '../abi/index.ts';
import type { MessageData, MessageName } from './index.ts';

/** Fails to compile if what the kernel publishes is not what the table of messages says. */
interface Published {
  'ProcessExited.v1': ExitStatus;
  'ProcessSpawned.v1': ProcessInfo;
  'FsChanged.v1': FsChanged;
  'FsRead.v1': FsRead;
  'NoticeRaised.v1': Notice;
  'WorkspaceChanged.v1': WorkspaceInfo;
  'FsckProgress.v1': FsckProgress;
  'FolderProgress.v1': FolderProgress;
  'ApprovalRequired.v1': Approval;
  'ApprovalGiven.v1': { id: number; answer: ApprovalAnswer | 'timeout' };
}

type Wrong = { [N in keyof Published & MessageName]: Published[N] extends MessageData<N> ? never : N }[keyof Published & MessageName];
export const wrong: Wrong[] = [] satisfies never[];
export const none: never[] = wrong;
