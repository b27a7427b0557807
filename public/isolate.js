/**
 * Runs before the page's modules, as a classic script.
 *
 * Registers the service worker, once there is a prompt, which lets the page work offline, and which adds the headers for cross-origin
 * isolation where the host does not send them. In that case it is registered at once, and the first load is not isolated: the page is loaded once
 * more under the worker's control. `data-isolating` on the root element hides the page until then. A page that is
 * still not isolated afterwards is left as it is and says so itself: there is never a second attempt in a row.
 */
(() => {
  const attempted = 'palimpsest:isolation-attempted';
  const serviceWorkers = navigator.serviceWorker;
  if (!serviceWorkers || !isSecureContext) return;

  const reloading = !crossOriginIsolated && mayReload();
  if (reloading) document.documentElement.dataset.isolating = '';
  else if (crossOriginIsolated) forget();

  if (reloading) register();
  else afterFirstPrompt(register);

  function register() {
    serviceWorkers.register('./sw.js', { updateViaCache: 'none' }).then(
      (registration) => (reloading ? reloadUnder(registration) : completeCache()),
      (error) => {
        delete document.documentElement.dataset.isolating;
        console.warn('Palimpsest works without its service worker, but not offline:', error);
      },
    );
  }

  /** It copies all files of the page, which would hold up those that the first prompt waits for. */
  function afterFirstPrompt(action) {
    const timer = setTimeout(done, 10_000);
    addEventListener('palimpsest:prompt', done, { once: true });
    function done() {
      clearTimeout(timer);
      removeEventListener('palimpsest:prompt', done);
      setTimeout(action, 500);
    }
  }

  /** Without a memory of the attempt there is none, for it might go on for ever. */
  function mayReload() {
    try {
      return sessionStorage.getItem(attempted) === null;
    } catch {
      return false;
    }
  }

  function forget() {
    try {
      sessionStorage.removeItem(attempted);
    } catch {
      // Storage is blocked: nothing was remembered.
    }
  }

  function reloadUnder(registration) {
    const reload = () => {
      sessionStorage.setItem(attempted, '1');
      location.reload();
    };
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    if (registration.active) return reload();
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') reload();
      if (worker.state === 'redundant') delete document.documentElement.dataset.isolating;
    });
  }

  /** Large files that the first screen does not need are fetched when the page has settled. */
  async function completeCache() {
    const { active } = await serviceWorkers.ready;
    setTimeout(() => active?.postMessage('complete-cache'), 3000);
  }
})();
