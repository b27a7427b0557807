// The kernel's decision path as it is, over one process: each task gives nanoseconds a call, for each pass.
import { Approvals, Audit, AuditLog, Authority, Learning, Policy } from '../../../src/kernel/authority/index.ts';
import { createHasher } from '../../../src/kernel/storage/index.ts';
import { NO_GRANTS } from '../../../src/shared/abi/index.ts';

const RULES = 100;

/** What a log needs of a store. */
function memoryStore() {
  const values = new Map();
  return {
    get: async (key) => values.get(key) ?? null,
    keys: async () => [...values.keys()],
    write: async (changes) => {
      for (const { key, value } of changes) {
        if (value) values.set(key, value);
        else values.delete(key);
      }
    },
  };
}

async function make() {
  const hasher = await createHasher();
  const grants = { directories: [], spawn: false, kill: 'none', list: false, clocks: true, entropy: true, listen: [], connect: false, bind: false, workspace: false, component: { ...NO_GRANTS, publish: ['bench.>'] } };
  const subject = { pid: 7, ppid: 0, name: 'bench', grants, identity: { path: '/home/bench.wasm', hash: 'ab'.repeat(32), trust: 'unknown', declared: NO_GRANTS } };
  const audit = new Audit({ log: new AuditLog({ hash: (bytes) => hasher.hash(bytes), store: memoryStore(), onTrouble: (error) => { throw error; } }), now: Date.now });
  const authority = new Authority({
    audit, approvals: new Approvals({ now: Date.now, publish: () => {} }), learning: new Learning(), now: Date.now,
    find: (pid) => (pid === 7 ? subject : undefined), running: () => [subject], runOf: () => 1, voidDecisions: () => {}, onRevoked: () => {}, appendRule: async () => {},
  });
  // All of them are about this program and this kind of action, and none is about what it does: each is looked at.
  const rules = Array.from({ length: RULES }, (_, at) => `[[rule]]\ndecision = "${at % 2 ? 'deny' : 'allow'}"\naction = "publish"\nprogram = "/home/*"\nsubject = "bench.*.topic${at}.>"\n`);
  authority.setPolicy(await Policy.read(rules.join('\n')));
  return { authority, audit };
}

const publish = (subject) => ({ kind: 'publish', subject });

async function timed(passes, count, work, after = async () => {}) {
  const figures = [];
  for (let pass = 0; pass <= passes; pass++) {
    const from = performance.now();
    await work(pass, count);
    figures.push(((performance.now() - from) * 1e6) / count);
    await after();
  }
  return figures;
}

const TASKS = {
  /** The same action again and again. */
  async cached({ passes, count }) {
    const { authority, audit } = await make();
    const action = publish('bench.some.subject');
    return timed(passes, count, () => {
      for (let n = 0; n < count; n++) authority.require(7, action);
    }, () => audit.flush());
  },

  /** Each another action. */
  async uncached({ passes, count }) {
    const { authority, audit } = await make();
    return timed(passes, count, (pass) => {
      for (let n = 0; n < count; n++) authority.require(7, publish(`bench.p${pass}.n${n}`));
    }, () => audit.flush());
  },

  /** The same, and each has a record of its own in the log. */
  async whole({ passes, count }) {
    const { authority, audit } = await make();
    return timed(passes, count, async (pass) => {
      for (let n = 0; n < count; n++) {
        authority.require(7, publish(`bench.p${pass}.n${n}`));
        if (n % 64 === 63) await audit.flush();
      }
      await audit.flush();
    });
  },
};

onmessage = async ({ data: { task, options } }) => {
  try {
    postMessage({ result: await TASKS[task](options) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
