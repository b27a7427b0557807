export { bareGrants, checkGrant, childGrants, programGrants, promptGrants, type DirectoryGrant, type GlobGrant, type Grants, type Kinship } from './grants.ts';
export { ALL_RIGHTS, isWhole, patternsOf, reachesRoot, rightsOfGrant, rootOf, withoutGrants } from './directory-grants.ts';
export { TOKEN_BYTES, TOKEN_GRANTS, TokenObject, Tokens, TOKENS_MAX, type NewToken, type Party } from './tokens.ts';
export { BUILTIN_IDENTITY, UNKNOWN_IDENTITY, type ProgramIdentity } from './identity.ts';
export { nextGrantNumber } from './grant-numbers.ts';
