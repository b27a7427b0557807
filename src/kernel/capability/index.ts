export { bareGrants, checkGrant, childGrants, programGrants, promptGrants, type DirectoryGrant, type Grants, type Kinship } from './grants.ts';
