import type { Command } from './command.ts';

/** What viewers of files listen for: an event, so that a command need not load them. */
type EditorCommand = 'save' | 'revert' | 'find' | 'line' | 'wrap';

const tell = (command: EditorCommand) => (): void => {
  const views = [...document.querySelectorAll<HTMLElement>('.file-view')].filter((view) => view.offsetParent !== null);
  const view = views.find((each) => each.contains(document.activeElement)) ?? views[0];
  view?.dispatchEvent(new CustomEvent('palimpsest-editor', { detail: command }));
};

export const EDITOR: readonly Command[] = [
  { id: 'editor.save', title: 'Save the open file', group: 'Files', keys: 'Ctrl+S', run: tell('save') },
  { id: 'editor.revert', title: 'Revert the open file to what is saved', group: 'Files', run: tell('revert') },
  { id: 'editor.find', title: 'Find in the open file', group: 'Files', keys: 'Ctrl+F', within: '.file-view', run: tell('find') },
  { id: 'editor.line', title: 'Go to a line, or to an offset of bytes', group: 'Files', keys: 'Ctrl+G', within: '.file-view', run: tell('line') },
  { id: 'editor.wrap', title: 'Wrap long lines: on or off', group: 'Files', keys: 'Alt+Z', within: '.file-view', run: tell('wrap') },
];
