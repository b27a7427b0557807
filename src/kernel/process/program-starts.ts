import { NO_GRANTS, type ActionKind, type ComponentGrants, type Trust } from '../../shared/abi/index.ts';
import { effectiveTrust, grantedAtStart, grantsFor, withheld, withinParent, type Held, type Policy } from '../authority/index.ts';
import { nextGrantNumber, type DirectoryGrant, type Grants, type ProgramIdentity } from '../capability/index.ts';
import type { FoundManifest } from './manifests.ts';
import type { ModuleFacts } from './module-facts.ts';
import type { ProcessRecord } from './process-record.ts';

export interface StartRequest {
  /** Null for a built-in program. */
  facts: ModuleFacts | null;
  path: string | undefined;
  manifest: FoundManifest | null;
  /** What it gets if it has no manifest and nothing was ticked. */
  usual: Grants;
  permissions: ComponentGrants | undefined;
  cwd: string;
  listen: readonly number[];
  /** Undefined: the window. */
  parent?: { readonly held: readonly Held[] };
  /** Whether it is the user who starts it, by hand. */
  isUser: boolean;
  /** What its user refused it. */
  withheld?: readonly ActionKind[];
  learn: 'ask' | 'observe' | undefined;
  dryRun: boolean;
}

export interface Start {
  grants: Grants;
  identity: ProgramIdentity;
}

/** Whether a process is the user's own hands: what it starts is not bounded by what it holds itself. */
export function isUsers({ identity }: Pick<ProcessRecord, 'identity'>): boolean {
  return identity.isUser === true;
}

/** Decides what programs start with. */
export class ProgramStarts {
  readonly #policy: () => Policy;

  /** `policy`: what is in force. */
  constructor(policy: () => Policy) {
    this.#policy = policy;
  }

  of(request: StartRequest): Start {
    const identity = this.#identity(request);
    const grants = this.#numbered(this.#grantsOf(request, identity.trust));
    return { identity, grants: request.facts === null ? grants : withheld(grants, this.#policy().of(identity)) };
  }

  #identity({ facts, path, manifest, parent, isUser, withheld: refused = [], learn, dryRun }: StartRequest): ProgramIdentity {
    const hash = facts?.hash ?? '';
    const origin = facts === null ? 'trusted' : ((hash !== '' && this.#policy().trustOf(hash)) || (facts.shipped && (manifest?.shipped ?? true) ? 'trusted' : 'unknown'));
    const ceiling = isUser || !parent ? undefined : parent.held;
    const claimed = manifest?.manifest.component;
    return {
      hash, trust: claimed ? effectiveTrust(claimed.trust, origin) : origin, declared: manifest?.manifest.grants ?? NO_GRANTS, dryRun,
      ...(path !== undefined && { path }), ...(claimed && { id: claimed.id }), ...(learn && { learn }), ...(refused.length > 0 && { withheld: refused }), ...(ceiling && { ceiling }), ...(facts === null && isUser && { isUser }),
    };
  }

  #grantsOf({ manifest, permissions, usual, parent, isUser, cwd, listen }: StartRequest, trust: Trust): Grants {
    const wanted = permissions ?? (manifest && grantedAtStart(manifest.manifest, trust));
    if (!wanted) return usual;
    const grants = grantsFor(parent ? withinParent(parent.held, isUser, wanted) : wanted, cwd, listen, nextGrantNumber);
    // What a program may pass on is known by its name: it could have put a link there.
    return parent && !isUser ? { ...grants, directories: grants.directories.map((directory) => ({ ...directory, literal: true })) } : grants;
  }

  /** Also directories that no manifest names can be taken back. */
  #numbered(grants: Grants): Grants {
    return { ...grants, directories: grants.directories.map((directory): DirectoryGrant => (directory.globs || directory.grant !== undefined ? directory : { ...directory, grant: nextGrantNumber() })) };
  }
}
