import type { MergeConflict } from '../../shared/abi/index.ts';
import type { FileContents, NodeRecord } from '../contract/index.ts';

/**
 * One change of the live tree. Paths are those at the moment of the step, all earlier ones done. `ino`: who must be there then, with the size and time
 * of change that `was` says; absent for what an earlier step made.
 */
export type Step = { path: string; ino?: number; was?: NodeRecord } & (
  | { op: 'mkdir'; record: NodeRecord }
  | { op: 'create'; record: NodeRecord }
  | { op: 'symlink'; record: NodeRecord }
  | { op: 'link'; existing: string }
  | { op: 'move'; to: string }
  | { op: 'remove'; kind: NodeRecord['kind'] }
  | { op: 'replace'; contents: FileContents; mtime: bigint }
  | { op: 'write'; bytes: Uint8Array }
  | { op: 'times'; mtime: bigint }
);

export interface Plan {
  steps: Step[];
  conflicts: MergeConflict[];
}
