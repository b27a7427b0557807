import { Fragment, type ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import type { TreeNode } from '../stores/index.ts';
import { markedParts } from './marked-parts.ts';

/** A name, with what the filter found it by marked. Its direction does not reach what stands beside it. */
export function MarkedName({ node, filter }: { node: TreeNode; filter: string | null }): ReactElement {
  const app = useApp();
  if (filter === null) return <bdi>{visibleName(node.name)}</bdi>;
  return (
    <bdi>
      {markedParts(node.name, app.explorer.marks(node)).map(({ text, marked }, at) => (
        // oxlint-disable-next-line react/no-array-index-key
        marked ? <mark key={at}>{visibleName(text)}</mark> : <Fragment key={at}>{visibleName(text)}</Fragment>
      ))}
    </bdi>
  );
}
