export { Authority, type AuthorityOptions } from './authority.ts';
export { checkAction, isNamespace, KERNEL_NAMESPACES, summaryOf } from './action.ts';
export { covers, type TokenRules } from './covers.ts';
export { Glob, globFault, literalBase } from './glob.ts';
export { hostFault, parseUrl, type Origin as UrlOrigin } from './hosts.ts';
export { subjectCovers, subjectFault } from './subjects.ts';
export type { Subject } from './holder.ts';
export { checkGrants, readManifest } from './manifest.ts';
