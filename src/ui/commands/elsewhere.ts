/** Keys that are no commands: they belong to what has the focus. Where, keys, what they do. */
export const ELSEWHERE = [
  ['Tabs', '← →', 'go along the tabs'], ['Tabs', 'Enter', 'show the tab'], ['Tabs', 'Delete', 'close the tab'], ['Tabs', 'Shift+F10', 'all actions on the tab'], ['Tabs', 'Double click', 'keep it; of one that is kept: maximise'],
  ['Explorer', '↑ ↓ ← →', 'go along the tree, open and close'], ['Explorer', 'Letters', 'go to a name'], ['Explorer', 'Enter', 'open'], ['Explorer', 'F2', 'rename'], ['Explorer', 'Delete', 'delete'],
  ['Explorer', 'Shift+↑ ↓', 'choose several'], ['Explorer', 'Ctrl+A', 'choose all'], ['Explorer', 'Ctrl+Space', 'choose it too, or no longer'], ['Explorer', 'Ctrl+X, Ctrl+C, Ctrl+V', 'cut, copy and paste entries'], ['Explorer', 'Ctrl+D', 'duplicate'],
  ['Explorer', 'Ctrl+Shift+C', 'copy the path'], ['Explorer', 'Shift+F10', 'all actions on the entry'],
  ['Terminal', 'Ctrl+Shift+C', 'copy'], ['Terminal', 'Ctrl+Shift+V', 'paste'], ['Terminal', 'Ctrl+C', 'interrupt the program'],
  ['Terminal', 'Ctrl+R', 'search in the history'], ['Terminal', 'Tab', 'complete; twice, list'], ['Terminal', 'Alt+Enter', 'a further row'],
  ['Terminal', 'Ctrl+K, Ctrl+K', 'send Ctrl+K to the program'],
  ['Timeline', '← →', 'one change earlier or later'], ['Timeline', 'Home, End', 'the first moment, now'],
  ['Text', 'Ctrl+S', 'save'], ['Text', 'Ctrl+F', 'find'],
  ['Menus', '↑ ↓', 'go along'], ['Menus', '→ ←', 'open a menu in it, go back'], ['Menus', 'Letters', 'go to an entry'], ['Menus', 'Esc', 'close'],
  ['Messages', 'Esc', 'give the keyboard back'],
  ['Lines between panes', '← → ↑ ↓, Home, End', 'move the line'],
] as const satisfies readonly (readonly [where: string, keys: string, what: string])[];
