import { NO_GRANTS, type Action, type ActionKind, type ComponentGrants, type Trust } from '../../shared/abi/index.ts';

/** Which program a process runs, and how it is to be treated. */
export interface ProgramIdentity {
  /** Namespace path of its module, if it came from a file. */
  readonly path?: string;
  /** BLAKE3 of the module, hex; empty for a built-in program, and for a module that came compiled. */
  readonly hash: string;
  readonly trust: Trust;
  /** Of its manifest. */
  readonly id?: string;
  /** What its manifest asks for. */
  readonly declared: ComponentGrants;
  /** What its user refused it when it was started. */
  readonly withheld?: readonly ActionKind[];
  readonly learn?: 'ask' | 'observe';
  readonly dryRun?: boolean;
  /** Of what a program started: what that one holds, beyond which no rule of the policy can give it anything. */
  readonly ceiling?: readonly { readonly revoked?: boolean; covers(action: Action): boolean }[];
  /** It is the user's own shell, or was started by one through shells alone. */
  readonly isUser?: boolean;
}

/** Of the page's own programs, which are part of the kernel as far as trust goes. */
export const BUILTIN_IDENTITY: ProgramIdentity = { hash: '', trust: 'trusted', declared: NO_GRANTS, isUser: true };
/** Of a module about which nothing is known. */
export const UNKNOWN_IDENTITY: ProgramIdentity = { hash: '', trust: 'unknown', declared: NO_GRANTS };
