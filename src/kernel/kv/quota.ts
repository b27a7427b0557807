import { FsError } from '../../shared/base/index.ts';
import type { KvSpace } from '../contract/index.ts';

/** Of a namespace that was given none; of programs' own namespaces, which begin so. */
export const DEFAULT_QUOTA = { maxKeys: 1_000_000, maxBytes: 256 * 1024 * 1024 } as const;
export const PACKAGE_QUOTA = { maxKeys: 10_000, maxBytes: 16 * 1024 * 1024 } as const;
export const PACKAGE_PREFIX = 'pkg:';
/** Namespaces that hold something, at most. */
export const NAMESPACES_MAX = 4096;

export const defaultQuota = (namespace: string): Pick<KvSpace, 'maxKeys' | 'maxBytes'> => (namespace.startsWith(PACKAGE_PREFIX) ? PACKAGE_QUOTA : DEFAULT_QUOTA);

export const emptySpace = (namespace: string): KvSpace => ({ keys: 0, bytes: 0, ...defaultQuota(namespace) });

export function isForgettable(namespace: string, { keys, maxKeys, maxBytes }: KvSpace): boolean {
  const quota = defaultQuota(namespace);
  return keys === 0 && maxKeys === quota.maxKeys && maxBytes === quota.maxBytes;
}

/** ENOSPC: not of the disk but of the quota. */
export class QuotaError extends FsError {}

/** What a change may not do: grow beyond the quota. What makes a namespace smaller is possible also above it. */
export function overQuota(namespace: string, before: KvSpace, after: KvSpace): FsError | null {
  const tooMany = after.keys > before.keys && after.keys > after.maxKeys;
  const tooBig = after.bytes > before.bytes && after.bytes > after.maxBytes;
  if (!tooMany && !tooBig) return null;
  const detail = tooMany
    ? `${namespace} would have ${after.keys} keys, its quota is ${after.maxKeys}`
    : `${namespace} would have ${after.bytes} bytes, its quota is ${after.maxBytes}`;
  return new QuotaError('ENOSPC', 'kv', undefined, { detail });
}
