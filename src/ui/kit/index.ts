export { Dialog } from './Dialog.tsx';
export { Menu, type MenuEntry } from './Menu.tsx';
export { NameForm } from './NameForm.tsx';
export { rowTarget, treeStep } from './tree-steps.ts';
export { Splitter } from './Splitter.tsx';
export { Logo, NodeIcon, ORIGINS } from './icons.tsx';
export { formatBytes, formatCount, formatDuration, formatMoment, plural, visibleName } from './format.ts';
export { indexesWith, useFixedRows, type FixedRows } from './use-fixed-rows.ts';
