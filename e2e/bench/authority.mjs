import { within } from './browser.mjs';
import { median } from './rows.mjs';

const LIMIT = 120_000;

/** The decision path by itself, in a worker of the page of peers. Nanoseconds. */
export async function measureAuthority(page, passes) {
  const one = async (task, count) => {
    const [cold, ...rest] = await within(LIMIT, `authority: ${task}`, page.evaluate(([name, options]) => globalThis.bench.authority(name, options), [task, { passes, count }]));
    return { cold, steady: median(rest), passes: rest };
  };
  return { cached: await one('cached', 500_000), uncached: await one('uncached', 20_000), whole: await one('whole', 20_000) };
}

export function authorityRows(found) {
  const row = (id, label, unit, of, scale) => ({
    id, label, unit, base: null,
    ours: found.error ? found : { cold: of.cold / scale, steady: of.steady / scale, passes: of.passes.map((value) => value / scale) },
  });
  const { cached, uncached, whole } = found;
  return [
    row('grant-cached', 'a grant check that is remembered, counted for the audit', 'ns', cached, 1),
    row('grant-uncached', 'a grant check that is not, beside 100 rules of the policy', 'µs', uncached, 1000),
    row('grant-path', 'what the whole path adds to a call: decided anew, a hashed record of its own', 'µs', whole, 1000),
  ];
}
