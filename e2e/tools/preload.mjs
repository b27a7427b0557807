// @ts-check
/**
 * Has the page's own code, and that of the terminal, fetched along with the small script that starts the kernel, in place of one after the
 * other. Styles are only fetched: as style sheets they would hold that script up.
 */

/** What is on the screen at the first prompt. */
export const FIRST = ['/src/main.tsx', '/src/ui/terminal/xterm.ts'];

/**
 * @param {Record<string, any>} bundle
 * @returns {{ scripts: Set<string>, styles: Set<string> }} what the chunks of `FIRST` need at once
 */
function needed(bundle) {
  /** @type {Set<string>} */
  const scripts = new Set();
  /** @type {Set<string>} */
  const styles = new Set();
  /** @param {string} file */
  const add = (file) => {
    const chunk = bundle[file];
    if (chunk?.type !== 'chunk' || chunk.isEntry || scripts.has(file)) return;
    scripts.add(file);
    for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
    for (const other of chunk.imports) add(other);
  };
  for (const first of FIRST) {
    const found = Object.values(bundle).find((chunk) => chunk.facadeModuleId?.replaceAll('\\', '/').endsWith(first));
    if (!found) throw new Error(`preload: ${first} has no chunk of its own`);
    add(found.fileName);
  }
  return { scripts, styles };
}

/** @returns {import('vite').Plugin} */
export function preloadFirst() {
  return {
    name: 'preload-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (!bundle) return [];
        const { scripts, styles } = needed(bundle);
        /** @param {string} file @param {Record<string, string>} attrs */
        const link = (file, attrs) => /** @type {const} */ ({ tag: 'link', attrs: { ...attrs, crossorigin: '', href: `./${file}` }, injectTo: 'head' });
        return [
          ...[...scripts].map((file) => link(file, { rel: 'modulepreload' })),
          ...[...styles].map((file) => link(file, { rel: 'preload', as: 'style' })),
        ];
      },
    },
  };
}
