import { beforeEach, describe, expect, test } from 'vitest';
import { NO_GRANTS, type Action } from '../../shared/abi/index.ts';
import { programGrants, UNKNOWN_IDENTITY, type ProgramIdentity } from '../capability/index.ts';
import type { Subject } from './index.ts';
import { memoryAuthority, type MemoryAuthority } from './testing/index.ts';

let subject: Subject;
let parts: MemoryAuthority;

const ODD: readonly Action[] = [
  { kind: 'http', method: 'GET', url: 'http://[::1]/' }, { kind: 'http', method: 'GET', url: 'https://a_b.example/' }, { kind: 'http', method: 'M-SEARCH', url: 'https://example.org/' },
  { kind: 'spawn', path: '/home/a\u0007b' }, { kind: 'spawn', path: `/home/${'x/'.repeat(40)}y` }, { kind: 'publish', subject: 'a\u3000b' },
];

beforeEach(() => {
  parts = memoryAuthority({ find: () => subject, running: () => [subject] });
});

function start(identity: Partial<ProgramIdentity> = {}): void {
  subject = { pid: 1, ppid: 0, name: 'odd', grants: { ...programGrants([]), component: NO_GRANTS }, identity: { ...UNKNOWN_IDENTITY, hash: 'ab'.repeat(32), ...identity } };
  parts.authority.started(subject);
}

const use = async (action: Action): Promise<string> => {
  try {
    await parts.authority.require(1, action);
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('AU12: what cannot be said in a grant is not asked', () => {
  test('neither by a question nor by a rule that the policy could not read', async () => {
    parts.approvals.attend();
    start();
    for (const action of ODD) expect(await use(action), JSON.stringify(action)).toBe('ENOTCAPABLE');
    expect(parts.published).toEqual([]);
    await parts.audit.flush();
    expect((await parts.audit.log.query()).records.map(({ decision, by }) => `${decision} ${by}`)).toEqual(ODD.map(() => 'deny default'));
  });

  test('in a dry run it is no reason to have no manifest', async () => {
    start({ dryRun: true });
    for (const action of ODD) await use(action);
    expect(parts.learning.grants(1001)).toEqual({ ...NO_GRANTS, clocks: true, entropy: true });
  });
});
