export { Dialog } from './Dialog.tsx';
export { Menu, type MenuEntry } from './Menu.tsx';
export { Splitter } from './Splitter.tsx';
export { Logo, NodeIcon, ORIGINS } from './icons.tsx';
export { formatBytes, formatCount, formatDuration, plural, visibleName } from './format.ts';
export { indexesWith, useFixedRows, type FixedRows } from './use-fixed-rows.ts';
