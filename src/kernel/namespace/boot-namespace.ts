import type { FileService } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { Namespace, type BindOptions } from './namespace.ts';

/** One line of a boot namespace. `service` names one of those that the root gives to `buildNamespace`. */
export interface BootMount {
  readonly path: string;
  readonly service: string;
  readonly flags: BindOptions;
  /** Left out where it cannot be mounted: what is there is no directory, or one cannot be made. Default: booting fails. */
  readonly optional?: boolean;
}

/** The namespace that processes start with. The first line is the root; mountpoints that are missing are made. */
export const BOOT_NAMESPACE: readonly BootMount[] = [
  { path: '/', service: 'tree', flags: {} },
  { path: '/tmp', service: 'tmp', flags: { makeDirectory: true } },
  { path: '/dev', service: 'dev', flags: { makeDirectory: true } },
  { path: '/dev/tcp', service: 'tcp', flags: {} },
  { path: '/proc', service: 'proc', flags: { makeDirectory: true } },
  { path: '/bus', service: 'bus', flags: { makeDirectory: true }, optional: true },
  { path: '/logs', service: 'logs', flags: { makeDirectory: true }, optional: true },
  { path: '/history', service: 'history', flags: { makeDirectory: true }, optional: true },
  { path: '/branch', service: 'branch', flags: { makeDirectory: true }, optional: true },
];

/** The same for processes beside the workspace, which see no branches but their own; at a point of the past a mountpoint may be missing. */
export const LINE_NAMESPACE: readonly BootMount[] = BOOT_NAMESPACE.filter(({ path }) => path !== '/branch').map((line) => ({ ...line, optional: true }));

/** @throws FsError ENODEV for a service that is not given, and what mounting throws */
export async function buildNamespace(lines: readonly BootMount[], services: ReadonlyMap<string, FileService>): Promise<Namespace> {
  const service = (line: BootMount): FileService => {
    const found = services.get(line.service);
    if (!found) throw new FsError('ENODEV', 'mount', line.path, { detail: `there is no service ${line.service}` });
    return found;
  };
  const [first, ...rest] = lines;
  if (first?.path !== '/') throw new FsError('EINVAL', 'mount', first?.path ?? '', { detail: 'the first line mounts the root' });
  const namespace = Namespace.of(service(first));
  for (const line of rest) {
    const mounted = namespace.mount(service(line), line.path, line.flags);
    await (line.optional ? mounted.catch(unlessFault) : mounted);
  }
  return namespace;
}

function unlessFault(error: unknown): void {
  if (!(error instanceof FsError)) throw error;
}
