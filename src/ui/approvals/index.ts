export { ApprovalHost } from './ApprovalHost.tsx';
export { Hash } from './ApprovalSheet.tsx';
export { OwnMark } from './TrustMark.tsx';
