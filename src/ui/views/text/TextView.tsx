import type { ReactElement } from 'react';
import { visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { TextEditor } from './TextEditor.tsx';
import { EDIT_MAX, useText } from './use-text.ts';
import { WindowedText } from './WindowedText.tsx';
import './text.css';

/** A text: in an editor, or where it is too long for that in windows. */
export function TextView(props: ViewerProps): ReactElement {
  return props.stat.size > EDIT_MAX ? <WindowedText {...props} /> : <WholeText {...props} />;
}

function WholeText(props: ViewerProps): ReactElement {
  const { path, stat, version } = props;
  const { text, read } = useText(path, stat, version);
  if (text.state === 'loading') return <div className="empty" role="status">Loading…</div>;
  if (text.state === 'failed') return <div className="empty" role="alert">{visibleName(path)} cannot be read: {visibleName(text.message)}</div>;
  return <TextEditor {...props} file={text.file} read={read} />;
}
