export { Job, type Progress } from './budget.ts';
export { importBlob, importMembers, type ImportOptions, type ImportOutcome, type ImportPlace } from './importer.ts';
export { exportTree, type ExportFormat, type ExportOutcome, type ExportTask } from './exporter.ts';
export { inspect } from './inspect.ts';
export { membersOf } from './items.ts';
export { shippedView, stackView, type BlockReader } from './stack-views.ts';
export { serviceSource, viewSource, type SourceNode, type TreeSource } from './tree-source.ts';
export { type OciLayer } from './oci-writer.ts';
export type { Remark } from './unpacker.ts';
