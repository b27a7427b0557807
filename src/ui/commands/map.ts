import { showPane } from '../actions/index.ts';
import { MAP, saveSetting, type App } from '../stores/index.ts';
import type { Command } from './command.ts';
import { focus } from './focus.ts';

const goTo = (app: App, tab: 'map' | 'sizes'): void => {
  saveSetting('map.tab', tab);
  showPane(app, MAP);
};

/** The picture of the namespace. Its code is fetched when it is first used. */
export const MAP_COMMANDS: readonly Command[] = [
  { id: 'map.find', title: 'Map: find', group: 'Go to', run: (app) => {
    goTo(app, 'map');
    focus('.map-search');
  } },
  { id: 'map.sizes', title: 'Map: sizes of files', group: 'Go to', run: (app) => goTo(app, 'sizes') },
  { id: 'map.svg', title: 'Export the map as SVG', group: 'View', run: (app) => void import('../map/index.ts').then(({ exportMap }) => exportMap(app, 'svg')) },
  { id: 'map.png', title: 'Export the map as PNG', group: 'View', run: (app) => void import('../map/index.ts').then(({ exportMap }) => exportMap(app, 'png')) },
];
