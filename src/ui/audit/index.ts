export { AuditPane } from './AuditPane.tsx';
