import type { ReactElement } from 'react';
import { formatBytes } from '../kit/index.ts';
import { MODULE_MAX } from '../inspector/index.ts';
import { ModuleInspector } from '../module/index.ts';
import type { ViewerProps } from '../viewer/index.ts';

/** A module of the namespace in the inspector. */
export function ModuleView({ path, stat: { size }, version }: ViewerProps): ReactElement {
  if (size > MODULE_MAX) return <div className="empty">This module has {formatBytes(size)}; up to {formatBytes(MODULE_MAX)} are looked at.</div>;
  return <ModuleInspector path={path} size={size} version={version} />;
}
