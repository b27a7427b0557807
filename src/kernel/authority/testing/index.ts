export { MemoryAuditStore, memoryAuthority, type MemoryAuthority } from './memory-authority.ts';
