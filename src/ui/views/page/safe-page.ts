/** What the frame may load: what the page carries in itself, and nothing from anywhere. */
export const FRAME_POLICY = "default-src 'none'; img-src data:; media-src data:; font-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

const HEAD = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">`;
/** All that runs, leads elsewhere by itself, or loads. */
const AWAY = 'script, iframe, frame, frameset, object, embed, applet, portal, fencedframe, link, base, meta[http-equiv], template[shadowrootmode], animate[attributeName*="href" i], set[attributeName*="href" i]';
/** A page that is still another one after so many readings is made to be. */
const READINGS_MAX = 16;

type Parse = (html: string) => Document;

/**
 * A page as text for the `srcdoc` of a frame. The frame has no scripts, no forms, no windows and no origin (`sandbox`), and inherits the page's policy; this is a
 * second wall: what could run or load is taken out, and a policy of its own comes before all else. Null: nothing safe can be made of it.
 */
export function safePage(html: string, parse: Parse = (text) => new DOMParser().parseFromString(text, 'text/html')): string | null {
  let text = html;
  for (let reading = 0; reading < READINGS_MAX; reading++) {
    const page = parse(reading === 0 ? text : `<!doctype html>${text}`);
    const isClean = takeOut(page);
    // Text that is read once more can become other elements than it was written from: only what was read, and had nothing to take out, is shown.
    if (isClean && reading > 0) return HEAD + text;
    text = page.documentElement.outerHTML;
  }
  return null;
}

/** Whether there was nothing. */
function takeOut(page: Document): boolean {
  let isClean = true;
  for (const element of page.querySelectorAll(AWAY)) {
    element.remove();
    isClean = false;
  }
  for (const element of page.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const lower = name.toLowerCase();
      if (isHarmless(element.localName, lower, value)) continue;
      element.removeAttribute(name);
      isClean = false;
      // Where a link leads is told.
      if (lower.endsWith('href') && !element.hasAttribute('title')) element.setAttribute('title', `Leads to ${value.slice(0, 200)}`);
    }
  }
  return isClean;
}

const LOADS = /^(src|srcset|poster|background|lowsrc|dynsrc|data)$/;
const LEADS = /^(srcdoc|ping|target|formaction|action|attributionsrc)$/;
const PICTURES: ReadonlySet<string> = new Set(['image', 'feImage', 'use']);

/** Not so: handlers, and addresses that run something, load something or lead elsewhere. */
function isHarmless(element: string, name: string, value: string): boolean {
  if (LOADS.test(name)) return value.startsWith('data:');
  if (name === 'href' || name === 'xlink:href') return value.startsWith('#') || (PICTURES.has(element) && value.startsWith('data:image/'));
  return !name.startsWith('on') && !LEADS.test(name);
}
