import type { ReactElement } from 'react';
import { TableViewer } from '../table/index.ts';
import type { ViewerProps } from '../viewer/index.ts';

/** Comma or tab separated values as a table. */
export const TableView = ({ path, stat: { size }, version }: ViewerProps): ReactElement => <TableViewer path={path} size={size} version={version} />;
