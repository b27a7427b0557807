import type { ComponentGrants } from '../../shared/abi/index.ts';
import { FsError, joinPath } from '../../shared/base/index.ts';
import { checkGrants, withinHeld, type Authority } from '../authority/index.ts';
import type { ProcessRecord, Programs } from '../process/index.ts';
import type { HostRequestOf } from './host-calls.ts';

export interface HostSpawnOptions {
  authority: Pick<Authority, 'require' | 'holding'>;
  programs: Programs;
}

/** `astrid_spawn`: a process starts a module within its own grants (process/SPEC.md, GS). */
export class HostSpawn {
  readonly #options: HostSpawnOptions;

  constructor(options: HostSpawnOptions) {
    this.#options = options;
  }

  /** The pid. @throws FsError EINVAL, ENOTCAPABLE (says what goes beyond), and as a program's `spawn` */
  async start(parent: ProcessRecord, { path, args, grants }: HostRequestOf<'host-spawn'>): Promise<number> {
    const { authority, programs } = this.#options;
    if (typeof path !== 'string' || !Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) throw invalid('the path is a string, the arguments are a list of them');
    const permissions = parseGrants(grants);
    const file = joinPath(parent.cwd, path);
    // Before anything is looked at: what is there is not told to who may not start it.
    await authority.require(parent.pid, { kind: 'spawn', path: file });
    return programs.spawnGuest(parent, {
      path: file, args, permissions,
      allow: async (found) => {
        // A link, or a script's interpreter, is another file.
        if (found !== file) await authority.require(parent.pid, { kind: 'spawn', path: found });
        const beyond = beyondHeld(permissions, withinHeld(authority.holding(parent.pid), permissions));
        if (beyond.length > 0) throw new FsError('ENOTCAPABLE', 'spawn', file, { detail: `its starter was not granted ${beyond.join(', ')}` });
      },
    });
  }
}

const invalid = (detail: string): FsError => new FsError('EINVAL', 'spawn', undefined, { detail });

function parseGrants(text: unknown): ComponentGrants {
  if (text === '') return checkGrants(undefined, 'spawn');
  if (typeof text !== 'string') throw invalid('the grants are JSON text');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FsError('EINVAL', 'spawn', undefined, { cause, detail: 'the grants are not JSON' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('the grants are a JSON object');
  return checkGrants(value, 'spawn');
}

/** What of `wanted` is not in `within`, in words. */
function beyondHeld(wanted: ComponentGrants, within: ComponentGrants): string[] {
  const beyond: string[] = [];
  for (const key of Object.keys(wanted) as (keyof ComponentGrants)[]) {
    const [all, kept] = [wanted[key], within[key]];
    if (typeof all === 'boolean') {
      if (all && !kept) beyond.push(key);
    } else {
      const texts = new Set((kept as readonly unknown[]).map((one) => JSON.stringify(one)));
      for (const one of all as readonly unknown[]) if (!texts.has(JSON.stringify(one))) beyond.push(`${key} ${JSON.stringify(one).slice(0, 200)}`);
    }
  }
  return beyond;
}
