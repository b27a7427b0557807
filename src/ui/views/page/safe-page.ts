/** What the frame may load: what the page carries in itself, and nothing from anywhere. */
export const FRAME_POLICY = "default-src 'none'; img-src data:; media-src data:; font-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

/** All that runs, leads elsewhere by itself, or loads. */
const AWAY = 'script, iframe, frame, frameset, object, embed, applet, portal, fencedframe, link, base, meta[http-equiv], template[shadowrootmode]';

/**
 * A page as text for the `srcdoc` of a frame. The frame has no scripts, no forms, no windows and no origin (`sandbox`), and inherits the page's policy; this is a
 * second wall: what could run or load is taken out, and a policy of its own comes before all else.
 */
export function safePage(html: string, parse: (html: string) => Document = (text) => new DOMParser().parseFromString(text, 'text/html')): string {
  const page = parse(html);
  for (const element of page.querySelectorAll(AWAY)) element.remove();
  for (const element of page.querySelectorAll('*')) clean(element);
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">${page.documentElement.outerHTML}`;
}

const LOADS = /^(src|srcset|poster|background|lowsrc|dynsrc|data)$/;

/** Handlers, and addresses that run something; an address elsewhere is told, and leads nowhere. */
function clean(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    const lower = name.toLowerCase();
    if (LOADS.test(lower) && !value.startsWith('data:')) element.removeAttribute(name);
    else if (lower.startsWith('on') || lower === 'srcdoc' || lower === 'ping' || lower === 'target' || lower === 'formaction' || lower === 'action') element.removeAttribute(name);
    else if (lower === 'href' || lower === 'xlink:href') {
      if (value.startsWith('#') || value.startsWith('data:image/')) continue;
      element.removeAttribute(name);
      if (!element.hasAttribute('title')) element.setAttribute('title', `Leads to ${value.slice(0, 200)}`);
    }
  }
}
