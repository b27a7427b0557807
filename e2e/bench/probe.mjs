// What the harness sees of the page from outside: when a prompt was drawn, when keys were pressed, what blocked it.

/** Runs in each page before its own scripts. Times are `performance.now()`. */
function install() {
  const PROMPT = '$\u001b[0m ';
  const probe = { prompts: [], interrupts: [], blocks: [], exits: [] };
  globalThis.benchProbe = probe;

  const decoder = new TextDecoder();
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(() => probe.prompts.push(performance.now())));
  // A prompt ends what is printed; a flood is not looked into.
  const look = ({ data }) => {
    if (data?.type === 'output' && decoder.decode(data.data.subarray(-256)).includes(PROMPT)) drawn();
  };
  const { set, ...rest } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  const watched = new WeakSet();
  const watch = (port) => {
    if (watched.has(port)) return;
    watched.add(port);
    listen.call(port, 'message', look);
  };
  const listen = MessagePort.prototype.addEventListener;
  MessagePort.prototype.addEventListener = function (type, ...others) {
    if (type === 'message') watch(this);
    return listen.call(this, type, ...others);
  };
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...rest,
    set(handler) {
      watch(this);
      set.call(this, handler);
    },
  });

  const pressed = (event) => event.ctrlKey && event.key === 'c' && probe.interrupts.push(performance.now());
  addEventListener('keydown', pressed, { capture: true });
  const record = (list) => list.getEntries().forEach((entry) => probe.blocks.push({ start: entry.startTime, duration: entry.duration }));
  new PerformanceObserver(record).observe({ type: 'longtask', buffered: true });
}

/** To be called before a page is opened. */
export const addProbe = (context) => context.addInitScript(install);

/** The time of prompt number `count` (from 1) since the page was loaded. */
export function promptTime(page, count, limit) {
  return page.evaluate(
    async ([wanted, end]) => {
      while (globalThis.benchProbe.prompts.length < wanted) {
        if (performance.now() > end) throw new Error(`no prompt within ${end / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return globalThis.benchProbe.prompts[wanted - 1];
    },
    [count, limit],
  );
}
