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

/** In the page. One's own pairs are not guarded. Those of the other namespace a rule with a budget allows, which is decided anew for each call, beside 100 others. */
async function runGuarded(count) {
  const { fs } = globalThis.palimpsest;
  const path = '/etc/policy.toml';
  const before = await fs.readFile(path);
  const others = Array.from({ length: 100 }, (_, at) => `[[rule]]\ndecision = "deny"\naction = "kv"\nnamespace = "pkg:bench.${at}"\n`);
  await fs.writeFile(path, `${others.join('')}[[rule]]\ndecision = "allow"\naction = "kv"\nnamespace = "pkg:bench"\nper-minute = 1000000\n`);
  try {
    const process = await globalThis.palimpsest.run({ module: globalThis.bench.bytes.hostcalls, name: 'host-guest', args: ['kv-guarded', 'pkg:bench', String(count)], stdin: '' });
    const text = (stream) => new Response(stream).text();
    const [stdout, stderr, { code, message }] = await Promise.all([text(process.stdout), text(process.stderr), process.exited]);
    if (code !== 0) throw new Error(`kv-guarded ended with ${code}: ${message ?? stderr}`);
    return JSON.parse(stdout);
  } finally {
    await fs.writeFile(path, before);
  }
}

/** The same blocking call of a program with and without the decision path, turn by turn; each pass is a process. Nanoseconds. */
export async function measureGuarded(page, passes) {
  const found = [];
  for (let pass = 0; pass <= passes; pass++) found.push(await within(LIMIT, 'a guarded call', page.evaluate(runGuarded, 5000)));
  return found;
}

export function guardedRows(found) {
  const figures = (of) => {
    const [cold, ...passes] = found.map((one) => of(one) / 1000);
    return { cold, steady: median(passes), passes };
  };
  const row = (id, label, of, base) => ({ id, label, unit: 'µs', ours: found.error ? found : figures(of), base: found.error ? null : base });
  return [
    row('grant-guest', 'a program’s blocking call that passes the whole path (`astrid_kv_has`, 100 rules)', ({ other }) => other, { name: 'unguarded', value: found.error ? 0 : figures(({ own }) => own).steady }),
    row('grant-guest-more', 'what the path adds to it', ({ own, other }) => other - own, null),
  ];
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
