import './tokens.css';
import './base.css';
import './touch.css';

/** Colours, sizes and fonts are CSS custom properties on the root element; importing this module sets them. */
export const THEME_ATTRIBUTE = 'data-theme';
