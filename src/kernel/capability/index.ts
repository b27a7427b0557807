export { bareGrants, checkGrant, childGrants, programGrants, promptGrants, type DirectoryGrant, type GlobGrant, type Grants, type Kinship } from './grants.ts';
