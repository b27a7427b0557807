import { FsError } from '../../shared/base/index.ts';
import type { KvSpace } from '../contract/index.ts';

/** Of a namespace that was given none. */
export const DEFAULT_QUOTA = { maxKeys: 1_000_000, maxBytes: 256 * 1024 * 1024 } as const;
/** Namespaces that hold something, at most. */
export const NAMESPACES_MAX = 4096;

export const emptySpace = (): KvSpace => ({ keys: 0, bytes: 0, ...DEFAULT_QUOTA });

export const isForgettable = ({ keys, maxKeys, maxBytes }: KvSpace): boolean =>
  keys === 0 && maxKeys === DEFAULT_QUOTA.maxKeys && maxBytes === DEFAULT_QUOTA.maxBytes;

/** What a change may not do: grow beyond the quota. What makes a namespace smaller is possible also above it. */
export function overQuota(namespace: string, before: KvSpace, after: KvSpace): FsError | null {
  const tooMany = after.keys > before.keys && after.keys > after.maxKeys;
  const tooBig = after.bytes > before.bytes && after.bytes > after.maxBytes;
  if (!tooMany && !tooBig) return null;
  const detail = tooMany
    ? `${namespace} would have ${after.keys} keys, its quota is ${after.maxKeys}`
    : `${namespace} would have ${after.bytes} bytes, its quota is ${after.maxBytes}`;
  return new FsError('ENOSPC', 'kv', undefined, { detail });
}
