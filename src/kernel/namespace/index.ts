export { BOOT_NAMESPACE, buildNamespace, LINE_NAMESPACE, type BootMount } from './boot-namespace.ts';
export type { Location, Mount } from './mount-table.ts';
export { NamespaceFiles, toStat, type ByteSource } from './namespace-files.ts';
export { Namespace, type BindOptions, type BindOrder, type MountInfo } from './namespace.ts';
export { naming, need } from './refuse.ts';
export { LINKS_MAX, isWithin, sameLocation, type Resolution, type WalkOptions } from './walk.ts';
