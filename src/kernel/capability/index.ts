export { checkGrant, programGrants, promptGrants, type DirectoryGrant, type Grants } from './grants.ts';
