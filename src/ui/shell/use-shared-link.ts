import { useEffect } from 'react';
import { useApp } from '../app/index.ts';
import { decodeLink } from '../client/index.ts';
import { showToast } from '../stores/index.ts';

/** Shows what the page's address carries, once: it goes from the address, so that a reload does not ask again. */
export function useSharedLink(): void {
  const app = useApp();
  useEffect(() => {
    const look = (): void => {
      if (!location.hash.startsWith('#w=')) return;
      const archive = decodeLink(location.hash);
      history.replaceState(history.state, '', location.pathname + location.search);
      if (archive) app.overlay.setState({ archive: { kind: 'link', archive } });
      else showToast(app.messages, { level: 'error', title: 'This link carries files that cannot be read', detail: 'It is cut off or damaged: copy all of it, or ask for it again.' });
    };
    look();
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, [app]);
}
