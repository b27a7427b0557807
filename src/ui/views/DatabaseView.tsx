import type { ReactElement } from 'react';
import { DatabaseViewer } from '../database/index.ts';
import type { ViewerProps } from '../viewer/index.ts';

/** A database of SQLite. */
export const DatabaseView = ({ path, stat: { size }, version }: ViewerProps): ReactElement => <DatabaseViewer path={path} size={size} version={version} />;
