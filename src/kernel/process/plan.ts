import { FILE_RIGHTS, NO_GRANTS, type ComponentGrants, type ComponentManifest, type ManifestProblem, type RunPlan, type Trust } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { effectiveTrust, grantedAtStart, readManifest } from '../authority/index.ts';
import type { Namespace } from '../namespace/index.ts';
import { findManifest } from './manifests.ts';
import type { FileJudge } from './module-facts.ts';

export interface PlanOptions {
  namespace: Namespace;
  judge: FileJudge;
  /** What the policy says of the module with this hash. */
  trustOf(hash: string): Trust | undefined;
}

/** What a program without a manifest gets that is run as it is: all files, clocks and entropy. */
const USUAL: ComponentGrants = { ...NO_GRANTS, files: [{ path: '/**', rights: [...FILE_RIGHTS] }], clocks: true, entropy: true };
/** Longest module that is looked at, in bytes. */
const MODULE_MAX = 512 * 1024 * 1024;

interface Described {
  path?: string;
  manifest: ComponentManifest | null;
  problems: ManifestProblem[];
  shipped: boolean;
}

async function read(namespace: Namespace, path: string): Promise<{ bytes: Uint8Array; place: string }> {
  const { mount, node, path: place } = await namespace.walk(path, { operation: 'plan' });
  const { kind, size } = await mount.service.stat(node);
  if (kind !== 'file' || size > MODULE_MAX) throw new FsError(kind === 'directory' ? 'EISDIR' : 'ENOEXEC', 'plan', path);
  const whole = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const part = await mount.service.read(node, at, Math.min(1 << 20, size - at));
    if (part.length === 0) break;
    whole.set(part, at);
    at += part.length;
  }
  return { bytes: whole, place };
}

async function beside({ namespace, judge }: PlanOptions, module: string): Promise<Described> {
  try {
    const found = await findManifest(namespace, module, judge);
    return found ? { path: found.path, manifest: found.manifest, problems: [], shipped: found.shipped } : { manifest: null, problems: [], shipped: true };
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'EINVAL' || error.path === undefined) throw error;
    const { path, detail = error.message } = error;
    const text = path === module ? null : await read(namespace, path).then(({ bytes }) => new TextDecoder().decode(bytes), () => null);
    const problems = text === null ? [] : (await readManifest(text)).problems;
    return { ...(path !== module && { path }), manifest: null, problems: problems.length > 0 ? problems : [{ line: 1, column: 1, key: '', message: detail }], shipped: false };
  }
}

/** What a module would get. `text`: a manifest in the place of the one beside it. @throws FsError what reading the module throws */
export async function planRun(options: PlanOptions, module: string | Uint8Array, text?: string): Promise<RunPlan> {
  const { bytes, place } = typeof module === 'string' ? await read(options.namespace, module) : { bytes: module, place: undefined };
  const hash = options.judge.hash(bytes);
  const given = text === undefined ? undefined : { ...(await readManifest(text)), shipped: false };
  const described: Described = given ?? (place === undefined ? { manifest: null, problems: [], shipped: true } : await beside(options, place));
  const shipped = place !== undefined && described.shipped && (await options.judge.shipped(place, bytes));
  const origin = options.trustOf(hash) ?? (shipped ? 'trusted' : 'unknown');
  const { manifest, problems, path } = described;
  const trust = manifest ? effectiveTrust(manifest.component.trust, origin) : origin;
  const grants = problems.length > 0 ? NO_GRANTS : manifest ? grantedAtStart(manifest, trust) : USUAL;
  return { hash, trust, problems, grants, ...(path !== undefined && { manifestPath: path }), ...(manifest && { manifest }) };
}
